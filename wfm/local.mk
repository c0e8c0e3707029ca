# The command: everything but main.c is in a library, so that tests link the same code.
noinst_LIBRARIES += wfm/libwfm.a
wfm_libwfm_a_SOURCES = \
	wfm/cmd_db.c \
	wfm/cmd_version.c \
	wfm/commands.h \
	wfm/interrupt.c wfm/interrupt.h \
	wfm/manual.c \
	wfm/options.c wfm/options.h \
	wfm/output.c wfm/output.h \
	wfm/progress.c wfm/progress.h \
	wfm/settings.c wfm/settings.h \
	wfm/table.c \
	wfm/week.c wfm/week.h
WFM_LIBS = wfm/libwfm.a $(API_LIBS) $(XLSX_LIBS)

bin_PROGRAMS += wfm/wfm
wfm_wfm_SOURCES = wfm/main.c
wfm_wfm_LDADD = $(WFM_LIBS)
