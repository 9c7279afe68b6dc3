# SPDX-License-Identifier: Apache-2.0
load helpers

# The optional fields of a mount in the container: shared:N, master:N, unbindable, or nothing.
propagation_of() {
	set_script "awk '\$5 == \"$1\" { for (i = 7; \$i != \"-\"; i++) printf \"%s \", \$i; print \"\" }' /proc/self/mountinfo"
	run_bundle
	assert_success
}

setup() {
	common_setup
	require_root
	make_bundle
	mkdir "$T/source"
	# A shared mount on the host, so that slaves have a master.
	mount_on_host -t tmpfs tmpfs "$T/source"
	mount --make-shared "$T/source"
}

add_bind() {
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: $s, options: ["rbind", $p] }]' \
		--arg s "$T/source" --arg p "$1"
}

@test "a bind is private when it is told, or not told" {
	add_bind rprivate
	propagation_of /mnt
	assert_output ""
	update_config '.mounts[-1].options = ["bind"]'
	propagation_of /mnt
	refute_match shared
}

@test "slave" {
	add_bind rslave
	propagation_of /mnt
	assert_match '^master:'
	refute_match shared
	update_config '.mounts[-1].options = ["bind", "slave"]'
	propagation_of /mnt
	assert_match '^master:'
}

@test "shared" {
	add_bind rshared
	propagation_of /mnt
	assert_match 'shared:'
	update_config '.mounts[-1].options = ["bind", "shared"]'
	propagation_of /mnt
	assert_match 'shared:'
}

@test "unbindable" {
	add_bind unbindable
	propagation_of /mnt
	assert_match unbindable
	update_config '.mounts[-1].options = ["bind", "runbindable"]'
	propagation_of /mnt
	assert_match unbindable
}

@test "a mount on the host reaches a slave in the container" {
	update_config '.linux.rootfsPropagation = "rslave"'
	add_bind rslave
	start_waiting
	mkdir "$T/source/late"
	mount_on_host -t tmpfs tmpfs "$T/source/late"
	touch "$T/source/late/file"
	run_rt exec "$ID" ls /mnt/late
	assert_output file
}

@test "a mount in a container with default propagation stays there" {
	all_caps
	add_bind rslave
	run_script 'mkdir /mnt/inner && mount -t tmpfs none /mnt/inner && echo mounted'
	assert_output mounted
	refute grep -F "$T/source/inner" /proc/self/mountinfo
}

@test "rootfsPropagation" {
	local word
	for word in private rprivate; do
		update_config '.linux.rootfsPropagation = $w' --arg w $word
		propagation_of /
		assert_output ""
	done
	for word in shared rshared; do
		update_config '.linux.rootfsPropagation = $w' --arg w $word
		propagation_of /
		assert_match 'shared:'
	done
	for word in slave rslave; do
		update_config '.linux.rootfsPropagation = $w' --arg w $word
		propagation_of /
		refute_match 'shared:'
	done
	for word in unbindable runbindable; do
		update_config '.linux.rootfsPropagation = $w' --arg w $word
		propagation_of /
		assert_match 'unbindable'
	done
}

@test "an unknown rootfsPropagation is an error" {
	update_config '.linux.rootfsPropagation = "sideways"'
	run_bundle
	assert_refused 'sideways'
}

@test "the host's propagation does not change" {
	awk '{ print $5, $7 }' /proc/self/mountinfo | sort >"$T/before"
	local word
	for word in shared rslave private; do
		update_config '.linux.rootfsPropagation = $w' --arg w $word
		run_bundle
		assert_success
	done
	awk '{ print $5, $7 }' /proc/self/mountinfo | sort | diff "$T/before" -
}

# What no word speaks of hears of the host's mounts, and the host of none: the root is a slave.
@test "each word, on the mount and on the one below it" {
	mkdir "$T/source/sub"
	mount_on_host -t tmpfs tmpfs "$T/source/sub"
	mount --make-shared "$T/source/sub"
	add_bind private
	local word lines
	while read -r word lines; do
		update_config '.mounts[-1].options = ["rbind", $w]' --arg w "$word"
		run_script "awk '\$5 ~ \"^/mnt\" { for (i = 7; \$i != \"-\"; i++) \$5 = \$5 \",\" \$i; print \$5 }' /proc/self/mountinfo"
		assert_success
		# The numbers of groups say nothing.
		assert_equal "$(xargs <<<"$output" | sed 's/:[0-9]*//g')" "$lines"
	done <<-'END'
		private /mnt /mnt/sub,master
		rprivate /mnt /mnt/sub
		shared /mnt,shared,master /mnt/sub,master
		rshared /mnt,shared,master /mnt/sub,shared,master
		slave /mnt,master /mnt/sub,master
		rslave /mnt,master /mnt/sub,master
		unbindable /mnt,unbindable /mnt/sub,master
		runbindable /mnt,unbindable /mnt/sub,unbindable
	END
}
