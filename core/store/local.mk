core_libcore_a_SOURCES += core/store/store.h
