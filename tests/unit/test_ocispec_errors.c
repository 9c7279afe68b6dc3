/* SPDX-License-Identifier: Apache-2.0 */
#include "ocispec.h"

/* A document that is wrong in one way, and the whole message. */
struct mistake {
	const struct oci_table *table;
	const char *text;
	const char *message;
};

static void check(const struct mistake *mistakes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_arena_ struct arena a = ARENA_INIT;
		const void *document = &a;
		struct err e = ERR_INIT;

		if (decode_text(mistakes[i].table, mistakes[i].text, &a, NULL, &document, &e) == 0)
			fail_msg("no error in %s", mistakes[i].text);
		assert_string_equal(e.msg, mistakes[i].message);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_ptr_equal(document, &a); /* untouched */
	}
}

static void test_wrong_types(void **state)
{
	static const struct mistake mistakes[] = {
		{ &oci_config_table, "[]", "c:1:1: expected an object, found an array" },
		{ &oci_config_table, "\n 12", "c:2:2: expected an object, found a number" },
		{ &oci_config_table, "'x'", "c:1:1: expected an object, found a string" },
		{ &oci_config_table, " null ", "c:1:2: expected an object, found null" },
		{ &oci_config_table, "true", "c:1:1: expected an object, found true" },
		{ &oci_config_table, "{\n  'ociVersion': 1\n}",
		  "c:2:17: /ociVersion: expected a string, found a number" },
		{ &oci_config_table, "{'ociVersion':'1','hostname':{}}",
		  "c:1:30: /hostname: expected a string, found an object" },
		{ &oci_config_table, "{'ociVersion':'1','hostname':['a']}",
		  "c:1:30: /hostname: expected a string, found an array" },
		{ &oci_config_table, "{'ociVersion':'1','hostname':false}",
		  "c:1:30: /hostname: expected a string, found false" },
		{ &oci_config_table, "{'ociVersion':'1','mounts':{}}",
		  "c:1:28: /mounts: expected an array, found an object" },
		{ &oci_config_table, "{'ociVersion':'1','mounts':[\n{'destination':'/a'},\n"
				     "{'destination':'/b','options':'ro'}]}",
		  "c:3:31: /mounts/1/options: expected an array, found a string" },
		{ &oci_config_table, "{'ociVersion':'1','mounts':[[]]}",
		  "c:1:29: /mounts/0: expected an object, found an array" },
		{ &oci_config_table, "{'ociVersion':'1','mounts':[null]}",
		  "c:1:29: /mounts/0: expected an object, found null" },
		{ &oci_config_table, "{'ociVersion':'1','annotations':[]}",
		  "c:1:33: /annotations: expected an object, found an array" },
		{ &oci_config_table, "{'ociVersion':'1','annotations':{'a/b~c\\n':1}}",
		  "c:1:44: /annotations/a~1b~0c\\u000A: expected a string, found a number" },
		{ &oci_config_table, "{'ociVersion':'1','annotations':{'a':null}}",
		  "c:1:38: /annotations/a: expected a string, found null" },
		{ &oci_config_table, "{'ociVersion':'1','root':'rootfs'}",
		  "c:1:26: /root: expected an object, found a string" },
		{ &oci_process_table, "{'cwd':'/','terminal':1}",
		  "c:1:23: /terminal: expected true or false, found a number" },
		{ &oci_process_table, "{'cwd':'/','terminal':'true'}",
		  "c:1:23: /terminal: expected true or false, found a string" },
		{ &oci_process_table, "{'cwd':'/','args':['a',null]}",
		  "c:1:24: /args/1: expected a string, found null" },
		{ &oci_process_table, "{'cwd':'/','args':['a',{'b':[1]},'c']}",
		  "c:1:24: /args/1: expected a string, found an object" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':'0'}}",
		  "c:1:26: /user/uid: expected an integer, found a string" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':true}}",
		  "c:1:26: /user/uid: expected an integer, found true" },
		{ &oci_resources_table, "{'rdma':{'x':3}}",
		  "c:1:14: /rdma/x: expected an object, found a number" },
		{ &oci_resources_table, "{'rdma':{'x':null}}",
		  "c:1:14: /rdma/x: expected an object, found null" },
	};

	(void)state;
	check(mistakes, N_OF(mistakes));
}

static void test_integers(void **state)
{
	static const struct mistake mistakes[] = {
		{ &oci_process_table, "{'cwd':'/','user':{'uid':4294967296}}",
		  "c:1:26: /user/uid: expected an integer from 0 to 4294967295, found 4294967296" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':-1}}",
		  "c:1:26: /user/uid: expected an integer from 0 to 4294967295, found -1" },
		{ &oci_process_table, "{'cwd':'/','user':{'additionalGids':[1,\n-2]}}",
		  "c:2:1: /user/additionalGids/1: expected an integer from 0 to 4294967295, found -2" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':1e3}}",
		  "c:1:26: /user/uid: expected an integer without fraction and exponent, found 1e3" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':1E3}}",
		  "c:1:26: /user/uid: expected an integer without fraction and exponent, found 1E3" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':1.0}}",
		  "c:1:26: /user/uid: expected an integer without fraction and exponent, found 1.0" },
		{ &oci_process_table, "{'cwd':'/','scheduler':{'policy':'p','nice':2147483648}}",
		  "c:1:45: /scheduler/nice: expected an integer from -2147483648 to 2147483647, found 2147483648" },
		{ &oci_process_table, "{'cwd':'/','scheduler':{'policy':'p','nice':-2147483649}}",
		  "c:1:45: /scheduler/nice: expected an integer from -2147483648 to 2147483647, found -2147483649" },
		{ &oci_process_table, "{'cwd':'/','scheduler':{'policy':'p','period':18446744073709551616}}",
		  "c:1:47: /scheduler/period: expected an integer from 0 to 18446744073709551615, "
		  "found 18446744073709551616" },
		{ &oci_resources_table, "{'pids':{'limit':9223372036854775808}}",
		  "c:1:18: /pids/limit: expected an integer from -9223372036854775808 to 9223372036854775807, "
		  "found 9223372036854775808" },
		{ &oci_resources_table, "{'blockIO':{'weight':65536}}",
		  "c:1:22: /blockIO/weight: expected an integer from 0 to 65535, found 65536" },
		/* Longer than what is kept of it for the message. */
		{ &oci_resources_table, "{'blockIO':{'weight':1000000000000000000000000000000000000000000000000}}",
		  "c:1:22: /blockIO/weight: expected an integer from 0 to 65535, "
		  "found 1000000000000000000000000000000" },
	};

	(void)state;
	check(mistakes, N_OF(mistakes));
}

static void test_missing_properties(void **state)
{
	static const struct mistake mistakes[] = {
		{ &oci_config_table, "{}", "c:1:1: /ociVersion: required property is missing" },
		{ &oci_config_table, "{'ociVersion':null}",
		  "c:1:1: /ociVersion: required property is missing" },
		{ &oci_config_table, "{'ociVersion':'1',\n 'root': {'readonly':true}}",
		  "c:2:10: /root/path: required property is missing" },
		{ &oci_config_table, "{'ociVersion':'1','mounts':[{'destination':'/'}, {}]}",
		  "c:1:50: /mounts/1/destination: required property is missing" },
		{ &oci_config_table, "{'ociVersion':'1','process':{'args':[]}}",
		  "c:1:29: /process/cwd: required property is missing" },
		{ &oci_process_table, "{'cwd':'/','rlimits':[{'type':'t','hard':1}]}",
		  "c:1:23: /rlimits/0/soft: required property is missing" },
		{ &oci_resources_table, "{'devices':[{'access':'rwm'}]}",
		  "c:1:13: /devices/0/allow: required property is missing" },
		{ &oci_process_state_table, "{'ociVersion':'1','pid':1}",
		  "c:1:1: /state: required property is missing" },
		{ &oci_state_table, "{'ociVersion':'1','id':'a','status':'s'}",
		  "c:1:1: /bundle: required property is missing" },
		{ &oci_features_table, "{'ociVersionMin':'1'}",
		  "c:1:1: /ociVersionMax: required property is missing" },
	};

	(void)state;
	check(mistakes, N_OF(mistakes));
}

static void test_duplicates(void **state)
{
	static const struct mistake mistakes[] = {
		{ &oci_config_table, "{'ociVersion':'1',\n'ociVersion':'1'}",
		  "c:2:1: /ociVersion: duplicate property" },
		{ &oci_config_table, "{'ociVersion':null,'ociVersion':'1'}",
		  "c:1:20: /ociVersion: duplicate property" },
		{ &oci_config_table, "{'ociVersion':'1','ociVersi\\u006fn':'1'}",
		  "c:1:19: /ociVersion: duplicate property" },
		{ &oci_config_table, "{'ociVersion':'1','annotations':{'a':'1','b':'2','a':'3'}}",
		  "c:1:50: /annotations/a: duplicate property" },
		{ &oci_config_table, "{'ociVersion':'1','annotations':{'a':'1','b':'2','\\u0061':'3'}}",
		  "c:1:50: /annotations/a: duplicate property" },
		{ &oci_config_table, "{'ociVersion':'1','x':1,'y':2,'x':3}",
		  "c:1:31: /x: duplicate property" },
		{ &oci_config_table, "{'ociVersion':'1','windows':{'a':[{'b':1,'b':2}]}}",
		  "c:1:42: /windows/a/0/b: duplicate property" },
		{ &oci_config_table, "{'ociVersion':'1','vm':{},'vm':{}}",
		  "c:1:27: /vm: duplicate property" },
		{ &oci_resources_table, "{'rdma':{'':{},'':{}}}", "c:1:16: /rdma/: duplicate property" },
		/* More names than fit without memory of their own. */
		{ &oci_config_table,
		  "{'ociVersion':'1','annotations':{"
		  "'a01':'','a02':'','a03':'','a04':'','a05':'','a06':'','a07':'','a08':'','a09':'','a10':'','a11':'',"
		  "'a12':'','a13':'','a14':'','a15':'','a16':'','a17':'','a18':'','a19':'','a20':'','a21':'','a22':'',"
		  "'a23':'','a24':'','a25':'','a26':'','a27':'','a28':'','a29':'','a30':'','a31':'','a32':'','a33':'',"
		  "'a34':'','a35':'',\n'a02':''}}",
		  "c:2:1: /annotations/a02: duplicate property" },
	};

	(void)state;
	check(mistakes, N_OF(mistakes));
}

static void test_names_may_repeat_elsewhere(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	const void *document;

	(void)state;
	assert_succeeds(decode_text(&oci_config_table,
				    "{'ociVersion':'1','x':{'y':{'x':1},'x':[{'x':1},{'x':2}]},'y':1,"
				    "'annotations':{'x':'','y':''},'linux':{'sysctl':{'x':''}}}",
				    &a, NULL, &document, &e),
			&e);
}

static void test_syntax(void **state)
{
	static const struct mistake mistakes[] = {
		{ &oci_config_table, "", "c:1:1: the document is empty" },
		{ &oci_config_table, " \n ", "c:2:2: the document is empty" },
		{ &oci_config_table, "{",
		  "c:1:2: not valid JSON: expected a property name or '}', found the end of the file" },
		{ &oci_config_table, "{'ociVersion'",
		  "c:1:14: /ociVersion: not valid JSON: expected ':' after the property name, "
		  "found the end of the file" },
		{ &oci_config_table, "{'ociVersion':",
		  "c:1:15: /ociVersion: not valid JSON: expected a value, found the end of the file" },
		{ &oci_config_table, "{'ociVersion':'1'",
		  "c:1:18: not valid JSON: expected ',' or '}', found the end of the file" },
		{ &oci_config_table, "{'process':{'args':['a'\n'b']}}",
		  "c:2:1: /process/args: not valid JSON: expected ',' or ']', found a string" },
		{ &oci_config_table, "{'process':{'args':['a',]}}",
		  "c:1:25: /process/args: not valid JSON: expected a value, found ']'" },
		{ &oci_config_table, "{'process':{'args':[,]}}",
		  "c:1:21: /process/args: not valid JSON: expected a value or ']', found ','" },
		{ &oci_config_table, "{'ociVersion':'1',}",
		  "c:1:19: not valid JSON: expected a property name, found '}'" },
		{ &oci_config_table, "{ociVersion:'1'}",
		  "c:1:2: not valid JSON: expected a property name or '}', found 'ociVersion'" },
		{ &oci_config_table, "{'ociVersion':'1' 'root':{}}",
		  "c:1:19: not valid JSON: expected ',' or '}', found a string" },
		{ &oci_config_table, "{'ociVersion' '1'}",
		  "c:1:15: /ociVersion: not valid JSON: expected ':' after the property name, found a string" },
		{ &oci_config_table, "{'ociVersion':nul}",
		  "c:1:15: /ociVersion: not valid JSON: expected a value, found 'nul'" },
		{ &oci_config_table, "{'ociVersion':'1'} x",
		  "c:1:20: not valid JSON: expected the end of the document, found 'x'" },
		{ &oci_config_table, "{'ociVersion':'1'}{}",
		  "c:1:19: not valid JSON: expected the end of the document, found '{'" },
		{ &oci_config_table, "{'ociVersion':'1'} 2",
		  "c:1:20: not valid JSON: expected the end of the document, found a number" },
		{ &oci_config_table, "{'ociVersion':'1' // why\n}",
		  "c:1:19: not valid JSON: expected ',' or '}', found '/'" },
		{ &oci_config_table, "\xef\xbb\xbf{}",
		  "c:1:1: not valid JSON: expected a value, found a byte order mark" },
		{ &oci_config_table, "\xff\xfe{",
		  "c:1:1: not valid JSON: expected a value, found the byte 0xFF" },
		{ &oci_config_table, "{'ociVersion':'abc",
		  "c:1:15: /ociVersion: the string that begins here is not closed" },
		{ &oci_config_table, "{'ociVersion':'a\\",
		  "c:1:15: /ociVersion: the string that begins here is not closed" },
		{ &oci_config_table, "{'ociVersion':'a\nb'}",
		  "c:1:17: /ociVersion: control character 0x0A in a string: it must be escaped" },
		{ &oci_config_table, "{'ociVersion':'a\\x'}",
		  "c:1:17: /ociVersion: unknown escape sequence in a string" },
		{ &oci_config_table, "{'ociVersion':'a\\u12g4'}",
		  "c:1:17: /ociVersion: \\u must be followed by four hexadecimal digits" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':-}}",
		  "c:1:26: /user/uid: malformed number" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':1.}}",
		  "c:1:26: /user/uid: malformed number" },
		{ &oci_process_table, "{'cwd':'/','user':{'uid':01}}",
		  "c:1:27: /user: not valid JSON: expected ',' or '}', found a number" },
		{ &oci_process_table, "{'cwd':\v'/'}",
		  "c:1:8: not valid JSON: control character between two values" },
		{ &oci_process_table, "{'cwd':'/'}\n\f",
		  "c:2:1: not valid JSON: control character between two values" },
	};

	(void)state;
	check(mistakes, N_OF(mistakes));
}

static void test_text(void **state)
{
	static const struct mistake mistakes[] = {
		{ &oci_config_table, "{'ociVersion':'ab\xff'}", "c:1:18: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\xc0\xaf'}", "c:1:16: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\xe0\x80\xaf'}",
		  "c:1:16: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\xf0\x80\x80\xaf'}",
		  "c:1:16: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\xed\xa0\x80'}",
		  "c:1:16: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\xf4\x90\x80\x80'}",
		  "c:1:16: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\xf5\x80\x80\x80'}",
		  "c:1:16: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\x80'}", "c:1:16: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\xe2\x82'}", "c:1:16: /ociVersion: invalid UTF-8" },
		/* Past eight bytes of ASCII, and behind two characters of several bytes each. */
		{ &oci_config_table, "{'ociVersion':'0123456789\xc3\xbc\xe2\x82\xac\xfe'}",
		  "c:1:28: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'\\n\xff'}", "c:1:18: /ociVersion: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'1','x\xff':1}",
		  "c:1:21: invalid UTF-8 in the name of a property" },
		{ &oci_config_table, "{'ociVersion':'1','annotations':{'\xff':'1'}}",
		  "c:1:35: /annotations: invalid UTF-8 in the name of a property" },
		{ &oci_config_table, "{'ociVersion':'1','annotations':{'a\\u0000':'1'}}",
		  "c:1:36: /annotations: a string must not hold \\u0000 in the name of a property" },
		{ &oci_config_table, "{'ociVersion':'1','windows':{'a':['\xff']}}",
		  "c:1:36: /windows/a/0: invalid UTF-8" },
		{ &oci_config_table, "{'ociVersion':'a\\u0000b'}",
		  "c:1:17: /ociVersion: a string must not hold \\u0000" },
		{ &oci_config_table, "{'ociVersion':'\\ud800'}",
		  "c:1:16: /ociVersion: \\u escape is the first half of a surrogate pair without the second" },
		{ &oci_config_table, "{'ociVersion':'\\ud800\\n'}",
		  "c:1:16: /ociVersion: \\u escape is the first half of a surrogate pair without the second" },
		{ &oci_config_table, "{'ociVersion':'\\uD83D\\uD83D'}",
		  "c:1:16: /ociVersion: \\u escape is the first half of a surrogate pair without the second" },
		{ &oci_config_table, "{'ociVersion':'\\\\\\udc00'}",
		  "c:1:18: /ociVersion: \\u escape is the second half of a surrogate pair without the first" },
	};

	(void)state;
	check(mistakes, N_OF(mistakes));
}

static void test_good_text(void **state)
{
	static const char expected[] = "\xf0\x9f\x98\x80 \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf "
				       "\xc2\x80 \x7f \\u0000 /";
	_cleanup_arena_ struct arena a = ARENA_INIT;
	const struct oci_config *config;
	struct err e = ERR_INIT;
	const void *document;

	(void)state;
	assert_succeeds(decode_text(&oci_config_table,
				    "{'ociVersion':'\\ud83d\\uDE00 \\ud7ff \xee\x80\x80 \xf4\x8f\xbf\xbf "
				    "\\u0080 \x7f \\\\u0000 \\/'}",
				    &a, NULL, &document, &e),
			&e);
	config = document;
	assert_string_equal(config->oci_version, expected);
}

/* A raw NUL, in a string and outside. */
static void test_nul_bytes(void **state)
{
	static const char in_string[] = "{\"ociVersion\":\"a\0b\"}";
	static const char outside[] = "{\0}";
	_cleanup_arena_ struct arena a = ARENA_INIT;
	const struct oci_config *config;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(oci_config_decode(in_string, sizeof(in_string) - 1, "c", &a, NULL, &config, &e) < 0);
	assert_string_equal(e.msg, "c:1:17: /ociVersion: control character 0x00 in a string: it must be escaped");
	assert_true(oci_config_decode(outside, sizeof(outside) - 1, "c", &a, NULL, &config, &e) < 0);
	assert_string_equal(e.msg, "c:1:2: not valid JSON: expected a property name or '}', found the byte 0x00");
}

/* ---- The report ---- */

static void test_report_has_everything(void **state)
{
	static const struct {
		enum oci_severity severity;
		unsigned line, column;
		const char *pointer, *text;
	} expected[] = {
		{ OCI_FINDING_UNKNOWN, 2, 1, "/x", "unknown property" },
		{ OCI_FINDING_ERROR, 4, 8, "/root/path", "required property is missing" },
		{ OCI_FINDING_UNKNOWN, 4, 9, "/root/a~1b", "unknown property" },
		{ OCI_FINDING_ERROR, 5, 26, "/mounts/0/destination", "expected a string, found a number" },
		{ OCI_FINDING_ERROR, 6, 24, "/annotations/a", "duplicate property" },
		{ OCI_FINDING_UNKNOWN, 7, 1, "/r", "unknown property" },
		{ OCI_FINDING_ERROR, 7, 5, "/r", "not valid JSON: expected a value, found the end of the file" },
	};
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct oci_report report;
	const void *document;

	(void)state;
	assert_fails_with(decode_text(&oci_config_table,
				      "{'ociVersion':'1',\n"
				      "'x':{'y':1},\n"
				      "'windows':{'z':1},"
				      "'process':{'cwd':'/','commandLine':'c','user':{'username':'u'}},\n"
				      "'root':{'a/b':1},\n"
				      "'mounts':[{'destination':1}],\n"
				      "'annotations':{'a':'1','a':'2'},\n"
				      "'r':",
				      &a, &report, &document, &e),
			  &e, ERR_CONFIG, "c:4:8: /root/path: required property is missing");
	assert_int_equal(report.n, N_OF(expected));
	for (size_t i = 0; i < report.n; i++) {
		assert_int_equal(report.items[i].severity, expected[i].severity);
		assert_int_equal(report.items[i].line, expected[i].line);
		assert_int_equal(report.items[i].column, expected[i].column);
		assert_string_equal(report.items[i].pointer, expected[i].pointer);
		assert_string_equal(report.items[i].text, expected[i].text);
	}
	assert_int_equal(report.n_dropped, 0);
}

/* Unknown properties alone are no error; those of other platforms are not unknown. */
static void test_unknown_properties(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct oci_report report;
	const void *document;

	(void)state;
	assert_succeeds(decode_text(&oci_config_table,
				    "{'ociVersion':'1','solaris':{'a':1},'windows':[],'vm':1,'zos':'s',"
				    "'freebsd':true,\n"
				    "'process':{'cwd':'/','commandLine':'c','user':{'username':'u','x':[{}]}}}",
				    &a, &report, &document, &e),
			&e);
	assert_int_equal(report.n, 1);
	assert_int_equal(report.items[0].severity, OCI_FINDING_UNKNOWN);
	assert_string_equal(report.items[0].pointer, "/process/user/x");
	assert_int_equal(report.items[0].line, 2);
	assert_int_equal(report.items[0].column, 63);
}

/* More findings than are kept. */
static void test_report_is_bounded(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_json_ struct json j = JSON_INIT(0);
	const struct oci_process *process;
	struct err e = ERR_INIT;
	struct oci_report report;
	const char *text;
	size_t len;

	(void)state;
	json_begin_object(&j);
	json_kv_string(&j, "cwd", "/");
	json_key(&j, "args");
	json_begin_array(&j);
	for (unsigned i = 0; i < OCI_FINDINGS_MAX + 500; i++)
		json_u64(&j, i);
	json_end_array(&j);
	json_kv_string(&j, "x", "");
	json_end_object(&j);
	assert_succeeds(json_finish(&j, &text, &len, &e), &e);
	assert_fails_with(oci_process_decode(text, len, "p", &a, &report, &process, &e), &e, ERR_CONFIG,
			  "p:1:20: /args/0: expected a string, found a number");
	assert_int_equal(report.n, OCI_FINDINGS_MAX + 1);
	assert_int_equal(report.n_dropped, 500);
	assert_string_equal(report.items[OCI_FINDINGS_MAX - 1].pointer, "/args/999");
	assert_string_equal(report.items[OCI_FINDINGS_MAX].pointer, "/x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_missing_properties),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_names_may_repeat_elsewhere),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_good_text),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_report_has_everything),
		cmocka_unit_test(test_unknown_properties),
		cmocka_unit_test(test_report_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
