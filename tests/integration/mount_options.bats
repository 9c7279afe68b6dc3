# SPDX-License-Identifier: Apache-2.0
# The words of config.md, Linux mount options, that are flags: each with its effect.
load helpers

add_mount() { # DESTINATION TYPE SOURCE OPTION...
	local destination=$1 type=$2 source=$3
	shift 3
	update_config '.mounts += [{ destination: $d, type: $t, source: $s, options: $ARGS.positional }]' \
		--arg d "$destination" --arg t "$type" --arg s "$source" --args -- "$@"
}

# Mounts a tmpfs with the options, runs, and prints its line of mountinfo: fields 6 and behind.
mount_flags() {
	rm -rf "$BUNDLE"
	make_bundle
	add_mount /mnt tmpfs tmpfs "$@"
	run_script "awk '\$5 == \"/mnt\" { print \$6, \$NF }' /proc/self/mountinfo"
}

@test "options that set a flag" {
	local option
	for option in ro nosuid nodev noexec noatime nodiratime nosymfollow; do
		mount_flags "$option"
		assert_success
		assert_match "^([a-z,]*,)?$option(,[a-z,]*)? "
	done
	for option in sync dirsync lazytime; do
		mount_flags "$option"
		assert_success
		assert_match " ([a-z0-9=,]*,)?$option(,[a-z0-9=,]*)?\$"
	done
	mount_flags strictatime
	assert_success
	refute_match '(relatime|noatime)'
	mount_flags relatime
	assert_match relatime
}

@test "options that clear a flag, the last one wins" {
	mount_flags ro rw nosuid suid nodev dev noexec exec noatime atime
	assert_success
	refute_match '^ro|nosuid|nodev|noexec|noatime'
	mount_flags rw ro suid nosuid
	assert_match '^ro,nosuid'
	mount_flags sync async dirsync
	assert_success
	refute_match '(^| |,)sync'
}

@test "options without an effect here are taken" {
	local option
	for option in defaults iversion noiversion loud silent mand nomand norelatime nostrictatime diratime nolazytime \
		symfollow; do
		mount_flags "$option"
		[[ $status -eq 0 ]] || { show_call; fail "refused: $option"; }
	done
}

@test "other words go to the file system" {
	mount_flags size=64k mode=701 nr_inodes=50
	assert_success
	assert_match 'size=64k'
	assert_match 'mode=701'
	assert_match 'nr_inodes=50'
	mount_flags no_such_option_of_tmpfs
	assert_refused 'mounts\[[0-9]+\] \(/mnt\)'
	assert_stderr 'no_such_option_of_tmpfs'
}

# What a source has and the option takes away; all else stays.
@test "each option that clears a flag, on a bind of what has them all" {
	mkdir "$T/source"
	mount_on_host -t tmpfs -o ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow tmpfs "$T/source"
	add_mount /mnt bind "$T/source"
	local word flag other
	for word in rw:ro suid:nosuid dev:nodev exec:noexec diratime:nodiratime symfollow:nosymfollow atime:noatime \
		relatime:noatime strictatime:noatime; do
		flag=${word#*:}
		update_config '.mounts[-1].options = ["bind", $w]' --arg w "${word%:*}"
		run_script "awk '\$5 == \"/mnt\" { print \",\" \$6 \",\" }' /proc/self/mountinfo"
		assert_success
		refute_match ",$flag,"
		for other in ro nosuid nodev noexec noatime nodiratime nosymfollow; do
			[[ $other == "$flag" ]] || assert_match ",$other,"
		done
	done
	refute_match relatime
	# Words that say nothing of these flags leave everything.
	for word in defaults norelatime; do
		update_config '.mounts[-1].options = ["bind", $w]' --arg w "$word"
		run_script "awk '\$5 == \"/mnt\" { print \$6 }' /proc/self/mountinfo"
		assert_success
		assert_output ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow
	done
	# mount(8): nostrictatime is the kernel's default.
	update_config '.mounts[-1].options = ["bind", "nostrictatime"]'
	run_script "awk '\$5 == \"/mnt\" { print \$6 }' /proc/self/mountinfo"
	assert_success
	assert_output ro,nosuid,nodev,noexec,nodiratime,relatime,nosymfollow
	mkdir "$T/strict"
	mount_on_host -t tmpfs -o strictatime tmpfs "$T/strict"
	for word in nostrictatime:rw,relatime norelatime:rw defaults:rw; do
		update_config '.mounts[-1] |= (.options = ["bind", $w] | .source = $s)' --arg w "${word%:*}" --arg s "$T/strict"
		run_script "awk '\$5 == \"/mnt\" { print \$6 }' /proc/self/mountinfo"
		assert_success
		assert_output "${word#*:}"
	done
}

@test "what the flags do, seen from inside" {
	all_caps
	mkdir "$T/source"
	printf '#!/bin/sh\necho ran\n' >"$T/source/script"
	chmod 755 "$T/source/script"
	ln -s script "$T/source/link"
	mknod "$T/source/null" c 1 3
	add_mount /mnt bind "$T/source" bind noexec nodev nosymfollow ro
	run_script '/mnt/script; echo x >/mnt/null; cat /mnt/link; touch /mnt/new'
	assert_failure
	assert_output ""
	assert_equal "$(grep -c 'Permission denied\|Too many levels\|Read-only' <<<"$stderr")" 4
	update_config '.mounts[-1].options = ["bind", "exec", "dev", "symfollow", "rw"]'
	run_script '/mnt/script && echo x >/mnt/null && cat /mnt/link && touch /mnt/new'
	assert_success
	assert_line ran
}

@test "the superblock: each option that sets a flag, and the one that clears it" {
	local word
	for word in sync:async lazytime:nolazytime; do
		mount_flags "${word%:*}"
		assert_match " ([a-z0-9=,]*,)?${word%:*}(,|\$)"
		mount_flags "${word%:*}" "${word#*:}"
		assert_success
		refute_match "(,| )${word%:*}(,|\$)"
		mount_flags "${word#*:}" "${word%:*}"
		assert_match " ([a-z0-9=,]*,)?${word%:*}(,|\$)"
	done
}

# No file of the kernel shows these two.
@test "iversion, noiversion: what the kernel is told" {
	require_command strace
	local words
	for words in iversion noiversion 'iversion noiversion' 'noiversion iversion'; do
		rm -rf "$BUNDLE"
		make_bundle
		# shellcheck disable=SC2086 # words
		add_mount /mnt tmpfs tmpfs $words
		# A sanitizer's search for leaks can not be traced.
		capture env ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" timeout 60 strace -f -e trace=mount -o "$T/trace" \
			"$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
		assert_success
		case $words in
		*noiversion) refute grep I_VERSION "$T/trace" ;;
		*) grep -q '"tmpfs", .*MS_I_VERSION' "$T/trace" ;;
		esac
	done
}
