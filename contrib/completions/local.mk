# SPDX-License-Identifier: Apache-2.0
# Written by rt itself, from the tables that its command line is read by.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
bashcompletion_DATA = contrib/completions/bash/rt
zshcompletion_DATA = contrib/completions/zsh/_rt
fishcompletion_DATA = contrib/completions/fish/rt.fish

completion_files = $(bashcompletion_DATA) $(zshcompletion_DATA) $(fishcompletion_DATA)
CLEANFILES += $(completion_files)
$(completion_files): rt$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && ./rt$(EXEEXT) completions $(notdir $(@D)) >$@.new && mv $@.new $@
