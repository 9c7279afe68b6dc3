/* SPDX-License-Identifier: Apache-2.0 */
#include "ocispec.h"

#include <errno.h>

/*
 * Each sample has every property of its document once or more, in the order of the tables and without white space, so
 * that encoding what was decoded must give the same bytes.  All values differ.
 */

#define ID_MAPPING(a, b, c) "{'containerID':" #a ",'hostID':" #b ",'size':" #c "}"
#define HOOK(name, seconds) \
	"{'path':'/hook/" name "','args':['" name "','-x'],'env':['A=" name "'],'timeout':" #seconds "}"

#define PROCESS                                                                                                      \
	"{'terminal':true,'consoleSize':{'height':25,'width':80},"                                                   \
	"'user':{'uid':1000,'gid':4294967295,'umask':18,'additionalGids':[5,0,4294967294]},"                         \
	"'args':['sh','-c','echo \\\"hi\\\"\\n'],'env':['PATH=/bin','TERM=xterm'],'cwd':'/home',"                    \
	"'capabilities':{'bounding':['CAP_KILL'],'effective':['CAP_CHOWN'],'inheritable':['CAP_SYSLOG'],"            \
	"'permitted':['CAP_FOWNER','CAP_SETUID'],'ambient':['CAP_NET_RAW']},"                                        \
	"'rlimits':[{'type':'RLIMIT_NOFILE','hard':18446744073709551615,'soft':1024}],'noNewPrivileges':false,"      \
	"'apparmorProfile':'profile','oomScoreAdj':-999,"                                                            \
	"'scheduler':{'policy':'SCHED_DEADLINE','nice':-2147483648,'priority':2147483647,"                           \
	"'flags':['SCHED_FLAG_RECLAIM'],'runtime':10,'deadline':20,'period':30},"                                    \
	"'selinuxLabel':'label','ioPriority':{'class':'IOPRIO_CLASS_BE','priority':3},"                              \
	"'execCPUAffinity':{'initial':'0-1','final':'2'}}"

#define THROTTLE(major, minor, rate) "[{'major':" #major ",'minor':" #minor ",'rate':" #rate "}]"

#define RESOURCES                                                                                                    \
	"{'devices':[{'allow':false,'access':'rwm'},"                                                                \
	"{'allow':true,'type':'c','major':10,'minor':-1,'access':'rw'}],"                                            \
	"'memory':{'limit':1,'reservation':2,'swap':-1,'kernel':3,'kernelTCP':4,'swappiness':60,"                    \
	"'disableOOMKiller':true,'useHierarchy':false,'checkBeforeUpdate':true},"                                    \
	"'cpu':{'shares':1024,'quota':-9223372036854775808,'burst':5,'period':100000,'realtimeRuntime':6,"           \
	"'realtimePeriod':7,'cpus':'0-3','mems':'0','idle':1},"                                                      \
	"'pids':{'limit':9223372036854775807},"                                                                      \
	"'blockIO':{'weight':10,'leafWeight':65535,"                                                                 \
	"'weightDevice':[{'major':8,'minor':0,'weight':500,'leafWeight':300}],"                                      \
	"'throttleReadBpsDevice':" THROTTLE(8, 1, 600) ",'throttleWriteBpsDevice':" THROTTLE(8, 2, 700) ","          \
	"'throttleReadIOPSDevice':" THROTTLE(8, 3, 800) ",'throttleWriteIOPSDevice':" THROTTLE(8, 4, 0) "},"         \
	"'hugepageLimits':[{'pageSize':'2MB','limit':209715200},{'pageSize':'1GB','limit':0}],"                      \
	"'network':{'classID':1048577,'priorities':[{'name':'eth0','priority':500}]},"                               \
	"'rdma':{'mlx5_1':{'hcaHandles':3,'hcaObjects':10000},'mlx5_2':{}},"                                         \
	"'unified':{'memory.high':'1','io.max':'259:0 rbps=2097152'}}"

#define SECCOMP                                                                                                      \
	"{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38,'architectures':['SCMP_ARCH_X86_64'],"               \
	"'flags':['SECCOMP_FILTER_FLAG_LOG'],'listenerPath':'/run/s','listenerMetadata':'data',"                     \
	"'syscalls':[{'names':['clone','clone3'],'action':'SCMP_ACT_ALLOW','errnoRet':1,"                            \
	"'args':[{'index':0,'value':18446744073709551615,'valueTwo':2114060288,'op':'SCMP_CMP_MASKED_EQ'}]}]}"

#define LINUX                                                                                                        \
	"{'uidMappings':[" ID_MAPPING(0, 1000, 1) "," ID_MAPPING(1, 100000, 65536) "],"                              \
	"'gidMappings':[" ID_MAPPING(0, 2000, 3) "],'sysctl':{'net.ipv4.ip_forward':'1'},'resources':" RESOURCES "," \
	"'cgroupsPath':'/a/b','namespaces':[{'type':'pid'},{'type':'network','path':'/run/netns/x'}],"               \
	"'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229,'fileMode':438,'uid':6,'gid':7}],"         \
	"'netDevices':{'eth0':{'name':'eth1'},'eth9':{}},'seccomp':" SECCOMP ",'rootfsPropagation':'slave',"         \
	"'maskedPaths':['/proc/kcore'],'readonlyPaths':['/proc/sys','/proc/bus'],'mountLabel':'mount label',"        \
	"'intelRdt':{'closID':'g','schemata':['L3:0=f'],'l3CacheSchema':'L3:0=7','memBwSchema':'MB:0=20',"           \
	"'enableMonitoring':true},"                                                                                  \
	"'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0-1','flags':['MPOL_F_STATIC_NODES']},"                         \
	"'personality':{'domain':'LINUX32','flags':['none']},"                                                       \
	"'timeOffsets':{'monotonic':{'secs':-3,'nanosecs':999999999},'boottime':{'secs':4}}}"

#define CONFIG                                                                                                       \
	"{'ociVersion':'1.3.0','process':" PROCESS ",'root':{'path':'rootfs','readonly':true},'hostname':'h\xc3\xbc'," \
	"'domainname':'d','mounts':[{'destination':'/proc','type':'proc','source':'proc'},"                          \
	"{'destination':'/data','type':'none','source':'/src','options':['rbind','idmap'],"                          \
	"'uidMappings':[" ID_MAPPING(1, 2, 3) "],'gidMappings':[" ID_MAPPING(4, 5, 6) "]}],"                         \
	"'hooks':{'prestart':[" HOOK("a", 1) "],'createRuntime':[" HOOK("b", 2) "],'createContainer':[" HOOK("c", 3) \
	"," HOOK("d", 4) "],'startContainer':[" HOOK("e", 5) "],'poststart':[" HOOK("f", 6) "],'poststop':["         \
	HOOK("g", 7) "]},'annotations':{'z':'','a/b~c':'2'},'linux':" LINUX "}"

#define STATE                                                                                                        \
	"{'ociVersion':'1.3.0','id':'x','status':'running','pid':4422,'bundle':'/b','annotations':{'k':'v'}}"

#define PROCESS_STATE                                                                                                \
	"{'ociVersion':'1.3.0','fds':['seccompFd'],'pid':7,'metadata':'m','state':" STATE "}"

#define FEATURES                                                                                                     \
	"{'ociVersionMin':'1.0.0','ociVersionMax':'1.3.0','hooks':['prestart'],'mountOptions':['ro','rro'],"         \
	"'linux':{'namespaces':['pid'],'capabilities':['CAP_KILL'],"                                                 \
	"'cgroup':{'v1':false,'v2':true,'systemd':true,'systemdUser':false,'rdma':true},"                            \
	"'seccomp':{'enabled':true,'actions':['SCMP_ACT_LOG'],'operators':['SCMP_CMP_EQ'],"                          \
	"'archs':['SCMP_ARCH_X86'],'knownFlags':['A','B'],'supportedFlags':['C']},"                                  \
	"'apparmor':{'enabled':true},'selinux':{'enabled':false},"                                                   \
	"'intelRdt':{'enabled':true,'schemata':false,'monitoring':true},"                                            \
	"'memoryPolicy':{'modes':['MPOL_BIND'],'flags':['MPOL_F_STATIC_NODES']},"                                    \
	"'mountExtensions':{'idmap':{'enabled':true}},'netDevices':{'enabled':false}},"                              \
	"'annotations':{'a':'b'},'potentiallyUnsafeConfigAnnotations':['c.']}"

static const struct sample {
	const struct oci_table *table;
	const char *text;
} samples[] = {
	{ &oci_config_table, CONFIG },
	{ &oci_process_table, PROCESS },
	{ &oci_resources_table, RESOURCES },
	{ &oci_state_table, STATE },
	{ &oci_process_state_table, PROCESS_STATE },
	{ &oci_features_table, FEATURES },
};

static void assert_encodes_as(const struct oci_table *table, const void *document, const char *expected)
{
	_cleanup_json_ struct json j = JSON_INIT(0);
	struct err e = ERR_INIT;
	const char *text;
	size_t len;

	oci_encode(table, document, &j);
	assert_succeeds(json_finish(&j, &text, &len, &e), &e);
	assert_string_equal(text, expected);
}

static void test_every_sample_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_OF(samples); i++) {
		_cleanup_arena_ struct arena a = ARENA_INIT;
		char *expected = json_text(samples[i].text);
		struct err e = ERR_INIT;
		struct oci_report report;
		const void *document;

		assert_succeeds(decode_text(samples[i].table, samples[i].text, &a, &report, &document, &e), &e);
		assert_int_equal(report.n, 0);
		assert_encodes_as(samples[i].table, document, expected);
		free(expected);
	}
}

/* Indented, that is with white space between all tokens, it is the same document. */
static void test_indented_sample_comes_back(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_json_ struct json j = JSON_INIT(4);
	char *expected = json_text(CONFIG);
	const struct oci_config *config, *again;
	struct err e = ERR_INIT;
	const char *text;
	size_t len;

	(void)state;
	assert_succeeds(oci_config_decode(expected, strlen(expected), "config.json", &a, NULL, &config, &e), &e);
	oci_config_encode(config, &j);
	assert_succeeds(json_finish(&j, &text, &len, &e), &e);
	assert_true(len > 2 * strlen(expected));
	assert_succeeds(oci_config_decode(text, len, "config.json", &a, NULL, &again, &e), &e);
	assert_encodes_as(&oci_config_table, again, expected);
	free(expected);
}

/* The functions with types, one document after the other. */
#define CHECK_TYPED(name, sample)                                                                              \
	do {                                                                                                   \
		_cleanup_arena_ struct arena a = ARENA_INIT;                                                   \
		_cleanup_json_ struct json j = JSON_INIT(0);                                                   \
		char *expected = json_text(sample);                                                            \
		const struct oci_##name *document;                                                             \
		struct err e = ERR_INIT;                                                                       \
		const char *text;                                                                              \
		size_t len;                                                                                    \
                                                                                                               \
		assert_succeeds(oci_##name##_decode(expected, strlen(expected), "c", &a, NULL, &document, &e), &e); \
		oci_##name##_encode(document, &j);                                                             \
		assert_succeeds(json_finish(&j, &text, &len, &e), &e);                                         \
		assert_string_equal(text, expected);                                                           \
		free(expected);                                                                                \
	} while (0)

static void test_typed_functions(void **state)
{
	(void)state;
	CHECK_TYPED(config, CONFIG);
	CHECK_TYPED(process, PROCESS);
	CHECK_TYPED(resources, RESOURCES);
	CHECK_TYPED(state, STATE);
	CHECK_TYPED(process_state, PROCESS_STATE);
	CHECK_TYPED(features, FEATURES);
}

/* ---- The samples are complete ---- */

struct rows {
	const struct oci_row *items[512];
	size_t n;
};

static void add(struct rows *rows, const struct oci_row *row)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i] == row)
			return;
	assert_true(rows->n < N_OF(rows->items));
	rows->items[rows->n++] = row;
}

/* Adds the rows of all properties that the object at BASE has. */
static void collect(const struct oci_table *table, const char *base, struct rows *rows)
{
	for (size_t i = 0; i < table->n_rows; i++) {
		const struct oci_row *row = &table->rows[i];
		const char *at = base + row->offset;
		struct oci_any_list list = { NULL, 0 };
		const char *object = NULL;

		switch ((enum oci_shape)row->shape) {
		case OCI_VALUE:
			if (row->kind == OCI_STRING && *(const char *const *)at == NULL)
				continue;
			break;
		case OCI_OPTIONAL:
			if (!*(const bool *)at)
				continue;
			break;
		case OCI_POINTER:
			memcpy(&object, at, sizeof(object));
			if (object == NULL)
				continue;
			collect(row->table, object, rows);
			break;
		case OCI_LIST:
		case OCI_MAP:
			memcpy(&list, at, sizeof(list));
			for (size_t k = 0; row->kind == OCI_OBJECT && k < list.n; k++)
				collect(row->table, (const char *)list.items + k * row->table->size, rows);
			if (list.n == 0)
				continue;
			break;
		case OCI_OTHER:
			continue;
		}
		add(rows, row);
	}
}

static void assert_all_in(const struct oci_table *table, const struct rows *rows)
{
	for (size_t i = 0; i < table->n_rows; i++) {
		const struct oci_row *row = &table->rows[i];
		size_t k = 0;

		while (k < rows->n && rows->items[k] != row)
			k++;
		if (row->shape != OCI_OTHER && k == rows->n)
			fail_msg("no sample has \"%s\"", row->name);
		if (row->table != NULL)
			assert_all_in(row->table, rows);
	}
}

static void test_samples_have_every_property(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_OF(samples); i++) {
		_cleanup_arena_ struct arena a = ARENA_INIT;
		struct rows rows = { .n = 0 };
		struct err e = ERR_INIT;
		const void *document;

		assert_succeeds(decode_text(samples[i].table, samples[i].text, &a, NULL, &document, &e), &e);
		collect(samples[i].table, document, &rows);
		assert_all_in(samples[i].table, &rows);
	}
}

static void assert_rows_are_sound(const struct oci_table *table)
{
	for (size_t i = 0; i < table->n_rows; i++) {
		const struct oci_row *row = &table->rows[i];

		assert_int_equal(row->name_len, strlen(row->name));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(row->name, table->rows[k].name);
		assert_true(row->shape == OCI_OTHER || row->offset < table->size);
		for (size_t k = 0; k < i && row->shape != OCI_OTHER; k++)
			assert_true(table->rows[k].shape == OCI_OTHER || row->offset != table->rows[k].offset);
		if (row->table != NULL)
			assert_rows_are_sound(row->table);
	}
}

static void test_tables_are_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_OF(samples); i++)
		assert_rows_are_sound(samples[i].table);
}

/* ---- The values land where they belong ---- */

static void test_members_of_config(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	const struct oci_seccomp_syscall *call;
	const struct oci_resources *r;
	const struct oci_config *c;
	struct err e = ERR_INIT;
	const void *document;

	(void)state;
	assert_succeeds(decode_text(&oci_config_table, CONFIG, &a, NULL, &document, &e), &e);
	c = document;
	assert_string_equal(c->hostname, "h\xc3\xbc");
	assert_string_equal(c->process->args.items[2], "echo \"hi\"\n");
	assert_true(c->process->user->gid.set);
	assert_int_equal(c->process->user->gid.value, UINT32_MAX);
	assert_int_equal(c->process->user->additional_gids.items[2], UINT32_MAX - 1);
	assert_true(c->process->rlimits.items[0].hard == UINT64_MAX);
	assert_int_equal(c->process->scheduler->nice.value, INT32_MIN);
	assert_true(c->process->no_new_privileges.set);
	assert_false(c->process->no_new_privileges.value);
	assert_int_equal(c->hooks->create_container.n, 2);
	assert_string_equal(c->hooks->create_container.items[1].path, "/hook/d");
	assert_string_equal(c->annotations.items[1].key, "a/b~c");
	assert_string_equal(c->annotations.items[1].value, "2");
	assert_int_equal(c->linux_->uid_mappings.items[1].host_id, 100000);
	assert_string_equal(c->linux_->time_offsets.items[0].key, "monotonic");
	assert_int_equal(c->linux_->time_offsets.items[0].secs.value, -3);
	assert_false(c->linux_->time_offsets.items[1].nanosecs.set);
	call = &c->linux_->seccomp->syscalls.items[0];
	assert_true(call->args.items[0].value == UINT64_MAX);
	assert_string_equal(call->names.items[1], "clone3");
	r = c->linux_->resources;
	assert_true(r->cpu->quota.value == INT64_MIN);
	assert_int_equal(r->devices.items[1].minor.value, -1);
	assert_false(r->devices.items[0].major.set);
	assert_int_equal(r->block_io->leaf_weight.value, UINT16_MAX);
	assert_string_equal(r->rdma.items[0].key, "mlx5_1");
	assert_int_equal(r->rdma.items[0].hca_objects.value, 10000);
	assert_string_equal(r->unified.items[1].value, "259:0 rbps=2097152");
}

/* With too little memory, wherever it ends, the error says so and nothing else happens. */
static void test_little_memory(void **state)
{
	const void *untouched = state;
	size_t limit = 0;
	int r = -1;

	for (; r < 0 && limit < 65536; limit += 16) {
		_cleanup_arena_ struct arena a = { .limit = limit + 1 };
		const void *document = untouched;
		struct err e = ERR_INIT;

		r = decode_text(&oci_config_table, CONFIG, &a, NULL, &document, &e);
		if (r == 0)
			break;
		assert_int_equal(e.kind, ERR_SYSTEM);
		assert_int_equal(e.errnum, ENOMEM);
		assert_ptr_equal(document, untouched);
	}
	assert_int_equal(r, 0);
	assert_true(limit > 1000);
}

/* Absent, null, empty and zero. */
static void test_presence(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	const struct oci_resources *r;
	struct err e = ERR_INIT;
	const void *document;

	(void)state;
	assert_succeeds(decode_text(&oci_resources_table,
				    "{'devices':[],'memory':{'limit':0,'swap':null,'disableOOMKiller':false},"
				    "'cpu':{'cpus':''},'pids':null,'hugepageLimits':null,'unified':{},'rdma':null}",
				    &a, NULL, &document, &e),
			&e);
	r = document;
	assert_non_null(r->devices.items);
	assert_int_equal(r->devices.n, 0);
	assert_true(r->memory->limit.set);
	assert_int_equal(r->memory->limit.value, 0);
	assert_false(r->memory->swap.set);
	assert_false(r->memory->kernel.set);
	assert_true(r->memory->disable_oom_killer.set);
	assert_false(r->memory->disable_oom_killer.value);
	assert_false(r->memory->use_hierarchy.set);
	assert_string_equal(r->cpu->cpus, "");
	assert_null(r->cpu->mems);
	assert_null(r->pids);
	assert_null(r->block_io);
	assert_null(r->hugepage_limits.items);
	assert_non_null(r->unified.items);
	assert_int_equal(r->unified.n, 0);
	assert_null(r->rdma.items);
	assert_encodes_as(&oci_resources_table, r,
			  "{\"devices\":[],\"memory\":{\"limit\":0,\"disableOOMKiller\":false},\"cpu\":{\"cpus\":\"\"},"
			  "\"unified\":{}}");
}

static void test_empty_document(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	const void *document;

	(void)state;
	assert_succeeds(decode_text(&oci_resources_table, " \t\r\n{ } \n", &a, NULL, &document, &e), &e);
	assert_encodes_as(&oci_resources_table, document, "{}");
}

/* Lists grow more than once, and each item keeps what it holds. */
static void test_long_lists(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_json_ struct json j = JSON_INIT(0);
	const struct oci_process *p;
	struct err e = ERR_INIT;
	const char *text;
	size_t len;

	(void)state;
	json_begin_object(&j);
	json_kv_string(&j, "cwd", "/");
	json_key(&j, "rlimits");
	json_begin_array(&j);
	for (unsigned i = 0; i < 1000; i++) {
		json_begin_object(&j);
		json_kv_u64(&j, "soft", i);
		json_kv_string(&j, "type", "t");
		json_kv_u64(&j, "hard", 2 * i);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	assert_succeeds(json_finish(&j, &text, &len, &e), &e);
	assert_succeeds(oci_process_decode(text, len, "process.json", &a, NULL, &p, &e), &e);
	assert_int_equal(p->rlimits.n, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(p->rlimits.items[i].soft, i);
		assert_int_equal(p->rlimits.items[i].hard, 2 * i);
		assert_string_equal(p->rlimits.items[i].type, "t");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sample_comes_back),
		cmocka_unit_test(test_indented_sample_comes_back),
		cmocka_unit_test(test_typed_functions),
		cmocka_unit_test(test_samples_have_every_property),
		cmocka_unit_test(test_tables_are_sound),
		cmocka_unit_test(test_members_of_config),
		cmocka_unit_test(test_little_memory),
		cmocka_unit_test(test_presence),
		cmocka_unit_test(test_empty_document),
		cmocka_unit_test(test_long_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
