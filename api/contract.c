/* contract FILE.yaml: the same as compact JSON on standard output. Run by the build: the contract is written
   as YAML and served as both. Scalars are those of the core schema of YAML 1.2 (null, true, false, numbers,
   text); keys that are there twice, anchors and tags are errors. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static const char *file;

static _Noreturn void fail(size_t line, const char *what)
{
    fprintf(stderr, "%s:%zu: %s\n", file, line + 1, what);
    exit(1);
}

static json_t *plain_scalar(const char *text)
{
    static const struct {
        const char *text;
        int value;
    } words[] = {{"", 0}, {"~", 0}, {"null", 0}, {"true", 1}, {"false", 2}};
    for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
        if (strcmp(text, words[k].text) == 0)
            return words[k].value == 0 ? json_null() : json_boolean(words[k].value == 1);
    if (strspn(text, "+-.0123456789eE") == strlen(text) && strpbrk(text, "0123456789") != NULL) {
        char *end;
        errno = 0;
        long long whole = strtoll(text, &end, 10);
        if (*end == '\0' && errno == 0)
            return json_integer(whole);
        double real = strtod(text, &end);
        if (*end == '\0' && isfinite(real))
            return json_real(real);
    }
    return json_string(text);
}

static json_t *node_json(yaml_document_t *document, int index);

static json_t *mapping_json(yaml_document_t *document, const yaml_node_t *node)
{
    json_t *object = json_object();
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *key = yaml_document_get_node(document, pair->key);
        if (key->type != YAML_SCALAR_NODE)
            fail(key->start_mark.line, "a key is not a text");
        const char *name = (const char *)key->data.scalar.value;
        if (json_object_get(object, name) != NULL)
            fail(key->start_mark.line, "this key is there twice");
        json_object_set_new(object, name, node_json(document, pair->value));
    }
    return object;
}

static json_t *node_json(yaml_document_t *document, int index)
{
    const yaml_node_t *node = yaml_document_get_node(document, index);
    if (node->type == YAML_MAPPING_NODE)
        return mapping_json(document, node);
    if (node->type == YAML_SEQUENCE_NODE) {
        json_t *list = json_array();
        for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top;
             item++)
            json_array_append_new(list, node_json(document, *item));
        return list;
    }
    const char *text = (const char *)node->data.scalar.value;
    json_t *scalar =
        node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain_scalar(text) : json_string(text);
    if (scalar == NULL)
        fail(node->start_mark.line, "a text is not UTF-8");
    return scalar;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: contract FILE.yaml\n", stderr);
        return 2;
    }
    file = argv[1];
    FILE *in = fopen(file, "rb");
    if (in == NULL) {
        perror(file);
        return 1;
    }
    yaml_parser_t parser;
    yaml_document_t document;
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_file(&parser, in);
    if (!yaml_parser_load(&parser, &document))
        fail(parser.problem_mark.line, parser.problem != NULL ? parser.problem : "not YAML");
    if (yaml_document_get_root_node(&document) == NULL)
        fail(0, "empty");
    json_t *json = node_json(&document, 1); /* nodes count from 1, the root first */
    int bad = json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15)) != 0 || fflush(stdout) != 0;
    json_decref(json);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    fclose(in);
    return bad;
}
