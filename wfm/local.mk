bin_PROGRAMS += wfm/wfm
wfm_wfm_SOURCES = wfm/main.c
wfm_wfm_LDADD = $(API_LIBS) $(XLSX_LIBS)
