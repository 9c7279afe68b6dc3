/* SPDX-License-Identifier: Apache-2.0 */
#include "run/clone_run.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sys.h"

/*
 * With memory in common, a build that counts system calls to fail one of them would count those of both sides as one's,
 * and AddressSanitizer would take the second stack for a mistake.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_INSTRUMENTED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(RT_FAULT_INJECTION)
#define IS_INSTRUMENTED 1
#endif

pid_t clone_run_copy(const struct k_clone_args *args, clone_child *child, const void *arg)
{
	const pid_t pid = sys_clone3(args);

	if (pid == 0) {
		child(arg);
		_exit(1);
	}
	return pid;
}

#if defined(__x86_64__) && defined(__LP64__) && !defined(IS_INSTRUMENTED)

/* The deepest of what a child calls is the text of an error; what is not touched costs nothing. */
#define STACK_SIZE (64 << 10)

pid_t clone_run(const struct k_clone_args *args, clone_child *child, const void *arg)
{
	/* One child at a time: this process sleeps until it has left this stack. */
	static _Alignas(16) char stack[STACK_SIZE];
	struct k_clone_args with_stack = *args;
	long r = SYS_clone3;

	/* CLONE_VFORK is what makes the rest safe: without it this process and the child would use errno, and at the
	 * next clone this stack, at the same time. */
	with_stack.flags |= K_CLONE_VM | K_CLONE_VFORK;
	with_stack.stack = (uint64_t)(uintptr_t)stack;
	with_stack.stack_size = sizeof(stack);
	/*
	 * No function of C can return in the child, whose stack is empty: so the call is made here, and what follows.
	 * Registers are those of this process, but for the three that the system call itself changes.  At the call the
	 * stack is aligned as the ABI wants it, and what is below this process' own stack pointer stays untouched.
	 */
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[arg], %%rdi\n\t"
			 "call *%[child]\n\t"
			 "ud2\n\t" /* it does not return */
			 "1:"
			 : "+a"(r)
			 : "D"(&with_stack), "S"(sizeof(with_stack)), [child] "r"(child), [arg] "r"(arg)
			 : "rcx", "r11", "cc", "memory");
	if (r >= 0)
		return (pid_t)r;
	errno = (int)-r;
	return -1;
}

#else

pid_t clone_run(const struct k_clone_args *args, clone_child *child, const void *arg)
{
	return clone_run_copy(args, child, arg);
}

#endif
