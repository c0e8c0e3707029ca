# embed.awk: SQL files to a C table. Each file becomes one string, line by line; name and number come from NNNN_what.sql.
BEGIN {
    print "/* Made from core/store/migrations by core/store/embed.awk. */"
    print "#include \"core/store/migrate.h\"\n"
    print "const struct migration migrations[] = {"
}
FNR == 1 {
    if (n++ > 0)
        print "    },"
    name = FILENAME
    sub(/^.*\//, "", name)
    if (substr(name, 1, 4) + 0 <= number || name !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/) {
        print "embed.awk: " FILENAME " is not a migration behind number " number > "/dev/stderr"
        failed = 1
        exit 1
    }
    number = substr(name, 1, 4) + 0
    print "    {" number ", \"" name "\","
}
{
    gsub(/\\/, "&&")
    gsub(/"/, "\\\"")
    gsub(/\t/, "\\t")
    print "     \"" $0 "\\n\""
}
END {
    if (failed)
        exit 1
    print "    },\n};\nconst int n_migrations = " n ";"
}
