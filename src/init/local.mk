# SPDX-License-Identifier: Apache-2.0
# init, the program inside: its own compiler, static, embedded in rt (src/run/init_image.c) and installed too.
init_sources =

EXTRA_DIST += $(init_sources)

init_objects = $(patsubst %.c,init-objects/%.o,$(filter %.c,$(init_sources) $(base_inside_sources)))

init_compile = $(INIT_CC) \
	-include $(top_builddir)/config.h \
	-I$(top_srcdir)/src \
	$(INIT_CPPFLAGS) \
	$(RT_FAULT_CPPFLAGS) \
	$(RT_INIT_CFLAGS) $(INIT_CFLAGS)

INIT_V_CC = $(INIT_V_CC_@AM_V@)
INIT_V_CC_ = $(INIT_V_CC_@AM_DEFAULT_V@)
INIT_V_CC_0 = @echo "  INIT_CC " $@;
INIT_V_LD = $(INIT_V_LD_@AM_V@)
INIT_V_LD_ = $(INIT_V_LD_@AM_DEFAULT_V@)
INIT_V_LD_0 = @echo "  INIT_LD " $@;

init-objects/%.o: %.c config.h
	@$(MKDIR_P) $(@D)
	$(INIT_V_CC)$(init_compile) -MMD -MP -MF $(@:.o=.d) -c -o $@ $<

# The name of a variable keeps automake from reading these as rules of its own.
init_program = rt-init
$(init_program).debug: $(init_objects)
	$(INIT_V_LD)$(INIT_CC) $(RT_INIT_CFLAGS) $(INIT_CFLAGS) $(RT_INIT_LDFLAGS) -o $@ $(init_objects)
$(init_program): $(init_program).debug
	$(AM_V_GEN)$(STRIP) --strip-all -o $@ $(init_program).debug

init_image_object = src/run/init_image.$(OBJEXT)
$(init_image_object): $(init_program)

rtlibexecdir = $(libexecdir)/rt
rtlibexec_SCRIPTS = rt-init

CLEANFILES += rt-init.debug rt-init
clean-local:
	rm -rf init-objects

-include $(init_objects:.o=.d)

# The same code built as the rest is, for unit tests.
check_LIBRARIES += librt-init.a
librt_init_a_SOURCES = $(init_sources)
