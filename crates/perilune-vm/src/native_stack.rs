//! How much of the native stack is left.
//!
//! Native functions that call back into Lua recurse; what bounds that is the
//! number of bytes left on the stack of the running OS thread, not a depth.

/// Bytes that stay free for code that does not ask.
const MARGIN: usize = 96 * 1024;

/// Assumed size where the system does not tell.
const ASSUMED: usize = 512 * 1024;

/// The current stack pointer, roughly.
#[inline(always)]
pub(crate) fn here() -> usize {
    let mark = 0u8;
    (&raw const mark) as usize
}

/// The lowest address that may be used, and the upper end, of the running OS
/// thread's stack.
pub(crate) fn bounds() -> (usize, usize) {
    let (low, high) = system_bounds().unwrap_or_else(|| {
        let here = here();
        (here.saturating_sub(ASSUMED), here + 64 * 1024)
    });
    let margin = MARGIN.min((high - low) / 3);
    (low + margin, high)
}

#[cfg(target_os = "linux")]
fn system_bounds() -> Option<(usize, usize)> {
    // SAFETY: plain system calls on local, initialised data.
    unsafe {
        if libc::getpid() == libc::syscall(libc::SYS_gettid) as libc::pid_t {
            // The main thread's stack grows on demand up to the limit; its
            // upper end lies a little above the frames of `main`.
            let mut limit = std::mem::zeroed::<libc::rlimit>();
            if libc::getrlimit(libc::RLIMIT_STACK, &mut limit) != 0 {
                return None;
            }
            let size = if limit.rlim_cur == libc::RLIM_INFINITY {
                64 << 20
            } else {
                limit.rlim_cur as usize
            };
            let size = size.min(64 << 20);
            let high = here();
            // Arguments and environment lie above; 128 KiB is the most that is
            // usual for them and for the frames so far.
            let used = 128 * 1024;
            return Some((
                high.saturating_sub(size.saturating_sub(used.min(size / 2))),
                high + used,
            ));
        }
        let mut attributes = std::mem::zeroed::<libc::pthread_attr_t>();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return None;
        }
        let mut low = std::ptr::null_mut();
        let mut size = 0;
        let ok = libc::pthread_attr_getstack(&attributes, &mut low, &mut size) == 0;
        libc::pthread_attr_destroy(&mut attributes);
        ok.then(|| (low as usize, low as usize + size))
    }
}

#[cfg(target_os = "macos")]
fn system_bounds() -> Option<(usize, usize)> {
    // SAFETY: both functions take a live thread and only read.
    unsafe {
        let thread = libc::pthread_self();
        let high = libc::pthread_get_stackaddr_np(thread) as usize;
        let size = libc::pthread_get_stacksize_np(thread);
        Some((high - size, high))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn system_bounds() -> Option<(usize, usize)> {
    None
}
