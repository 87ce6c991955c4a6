//! Memory that is free again goes back to the system.

/// Gives back what is free. The system's allocator keeps the holes that a large piece of work leaves behind: after
/// learning the catalogue they are half of the resident memory.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is asked in C; nothing else here is")]
pub fn give_back() {
    // SAFETY: `malloc_trim` takes no pointer and gives none back; it may be called at any time, from any thread.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back() {}
