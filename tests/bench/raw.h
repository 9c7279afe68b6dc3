/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BENCH_RAW_H
#define RT_BENCH_RAW_H

/*
 * System calls without a C library, for the program that shows what the kernel alone costs.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)

static inline long raw6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

#define RAW_START "\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n"

#elif defined(__aarch64__)

static inline long raw6(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

#define RAW_START "\n\tmov x29, #0\n\tmov x0, sp\n\tbl begin\n"

#else
#error "raw6() and _start are missing for this machine"
#endif

/* Each argument becomes a long, pointers too. */
#define RAW_PICK(_1, _2, _3, _4, _5, _6, name, ...) name
#define RAW(n, ...)                                                                                                \
	RAW_PICK(__VA_ARGS__, RAW_6, RAW_5, RAW_4, RAW_3, RAW_2, RAW_1, 0)                                         \
	(SYS_##n, __VA_ARGS__)
#define RAW_1(n, a) raw6(n, (long)(a), 0, 0, 0, 0, 0)
#define RAW_2(n, a, b) raw6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define RAW_3(n, a, b, c) raw6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define RAW_4(n, a, b, c, d) raw6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define RAW_5(n, a, b, c, d, e) raw6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define RAW_6(n, a, b, c, d, e, f) raw6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static inline size_t raw_strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

#endif
