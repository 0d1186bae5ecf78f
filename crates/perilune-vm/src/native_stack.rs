//! How much of the native stack is left.
//!
//! Native functions that call back into Lua recurse; what bounds that is the
//! number of bytes left on the stack of the running OS thread, not a depth.

/// Bytes that stay free for code that does not ask: parsing what is nested as
/// deep as may be takes the most. Frames of code with checks are larger.
const MARGIN: usize = if cfg!(debug_assertions) { 512 } else { 96 } * 1024;

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
            // The main thread's stack grows on demand up to the limit.
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
            // The program's name is the last thing in the stack, above arguments
            // and environment.
            let name = libc::getauxval(libc::AT_EXECFN) as *const libc::c_char;
            if name.is_null() {
                return None;
            }
            const PAGE: usize = 4096;
            let high = (name.addr() + libc::strlen(name)).next_multiple_of(PAGE);
            return Some((high.saturating_sub(size), high));
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
