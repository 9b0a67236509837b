"""Runs a program confined as a systemd unit says, by its SystemCallFilter= and MemoryDenyWriteExecute=. The unit would answer a call that is not
allowed with an error; here the first one kills the program (SIGSYS), so that none stays unseen.

usage: confined.py UNIT PROGRAM [ARGUMENT...]
"""
import ctypes
import os
import subprocess
import sys

unit, program = sys.argv[1], sys.argv[2:]
KILL_PROCESS, ALLOW = 0x80000000, 0x7FFF0000
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1


def calls(name):
    """The system calls of a set, such as @system-service, or the one of that name."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], check=True, capture_output=True, text=True).stdout
    found = set()
    for line in listed.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            found |= calls(word)
    return found


allowed = set()
for line in open(unit):
    key, _, value = line.strip().partition("=")
    if key == "SystemCallFilter":
        refused = value.startswith("~")
        named = set().union(*map(calls, value.lstrip("~").split()))
        allowed = allowed - named if refused else allowed | named

libc, seccomp = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2", use_errno=True)
seccomp.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(KILL_PROCESS)))
for call in sorted(allowed | {"execve"}):
    number = seccomp.seccomp_syscall_resolve_name(call.encode())
    if number >= 0:
        if seccomp.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, 0):
            sys.exit(f"seccomp_rule_add: {call}")
if libc.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0):
    sys.exit(f"PR_SET_MDWE: {os.strerror(ctypes.get_errno())}")
if seccomp.seccomp_load(context):
    sys.exit("seccomp_load failed")
os.execv(program[0], program)
