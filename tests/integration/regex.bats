# SPDX-License-Identifier: Apache-2.0
load helpers

# Three containers, of which two have names that begin alike.
create_three() {
	local name
	for name in a-1 a-2 b-1; do
		run_rt create --bundle "$BUNDLE" "$ID-$name"
		assert_success
	done
}

@test "delete --regex deletes what matches and nothing else" {
	create_three
	run_rt delete --force --regex "^$ID-a-[0-9]\$"
	assert_success
	run_rt list -q
	assert_output "$ID-b-1"
}

@test "kill --regex signals what matches" {
	create_three
	run_rt kill --regex "$ID-.-1" KILL
	assert_success
	wait_until has_status "$ID-a-1" stopped
	wait_until has_status "$ID-b-1" stopped
	assert_status "$ID-a-2" created
}

@test "a failure does not stop the others, and is the result" {
	create_three
	run_rt kill "$ID-a-2" KILL
	wait_until has_status "$ID-a-2" stopped
	run_rt kill -r "$ID-a" KILL
	assert_failure 1
	assert_stderr 'not running'
	wait_until has_status "$ID-a-1" stopped
}

@test "nothing that matches, and no state at all, is no error; a bad expression is" {
	run_rt delete --regex nothing
	assert_success
	create_three
	run_rt delete --regex "^nothing\$"
	assert_success
	run_rt delete --regex '['
	assert_failure 1
	assert_stderr 'regular expression'
}
