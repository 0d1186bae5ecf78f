//! The state: everything that one Lua universe consists of.

use crate::embed::Payload;
use crate::error::{Error, Kind, Result};
use crate::handler::Handlers;
use crate::heap::{AllocError, Heap, TableRules};
use crate::hook::Hooks;
use crate::meta::Event;
use crate::object::{
    Header, NativeClosure, PrototypeObject, StringObject, Table, Thread, ThreadStatus, Userdata,
    flag,
};
use crate::value::{RawValue, Type, tag};
use perilune_syntax::{Dialect, LUA_5_4};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A native function. Its arguments are the slots `1..=top()` of its frame.
///
/// ```
/// # let lua = perilune::Lua::new();
/// use perilune::native::{self, NativeFn, Return, State};
///
/// fn add(state: &mut State) -> native::Result<Return> {
///     let sum = state.check_integer(1)?.wrapping_add(state.check_integer(2)?);
///     state.ret(sum)
/// }
///
/// let add: NativeFn = add;
/// lua.globals().set("add", lua.create_native_function(add)?)?;
/// assert_eq!(lua.load("add(2, 3)").eval::<i64>()?, 5);
/// # Ok::<(), perilune::Error>(())
/// ```
pub type NativeFn = fn(&mut State) -> Result<Return>;

/// Goes on with a native function after a call or a yield that it asked for.
///
/// The results, the error value or the values passed to `resume` are on top of
/// the stack; the slots below are as they were. `context` is as given.
///
/// ```
/// # use perilune::native::{self, CallStatus, Return, State};
/// /// `sum (n)`: adds up `n` values that it is resumed with, one by one.
/// fn sum(state: &mut State) -> native::Result<Return> {
///     let n = state.check_integer(1)?;
///     state.push(0)?;
///     state.yield_k(0, add, n)
/// }
///
/// fn add(state: &mut State, _: CallStatus, left: i64) -> native::Result<Return> {
///     let sum = state.to_integer(2).unwrap_or(0) + state.check_integer(3)?;
///     state.set_top(1);
///     state.push(sum)?;
///     if left > 1 { state.yield_k(0, add, left - 1) } else { Ok(Return::values(1)) }
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("sum", lua.create_native_function(sum)?)?;
/// let total: i64 = lua.load("
///     local co = coroutine.wrap(sum)
///     co(3) co(10) co(20)
///     return co(30)
/// ").eval()?;
/// assert_eq!(total, 60);
/// # Ok::<(), perilune::Error>(())
/// ```
pub type Continuation = fn(&mut State, status: CallStatus, context: i64) -> Result<Return>;

/// What receives warnings: the message, and whether it is to be continued.
///
/// ```
/// use perilune::native::{State, WarningFunction};
///
/// let mut line = Vec::new();
/// let collect: WarningFunction = Box::new(move |_, text, to_be_continued| {
///     line.extend_from_slice(text);
///     if !to_be_continued {
///         eprintln!("warning: {}", String::from_utf8_lossy(&line));
///         line.clear();
///     }
/// });
/// let mut state = State::new().unwrap();
/// state.set_warning_function(Some(collect));
/// state.warning(b"low on ", true);
/// state.warning(b"fuel", false);
/// ```
#[cfg(not(feature = "send"))]
pub type WarningFunction = Box<dyn FnMut(&mut State, &[u8], bool)>;
/// What receives warnings: the message, and whether it is to be continued.
///
/// ```
/// use perilune::native::{State, WarningFunction};
///
/// let mut line = Vec::new();
/// let collect: WarningFunction = Box::new(move |_, text, to_be_continued| {
///     line.extend_from_slice(text);
///     if !to_be_continued {
///         eprintln!("warning: {}", String::from_utf8_lossy(&line));
///         line.clear();
///     }
/// });
/// let mut state = State::new().unwrap();
/// state.set_warning_function(Some(collect));
/// state.warning(b"low on ", true);
/// state.warning(b"fuel", false);
/// ```
#[cfg(feature = "send")]
pub type WarningFunction = Box<dyn FnMut(&mut State, &[u8], bool) + Send>;

/// What receives warnings, on whatever OS thread the state is.
///
/// ```
/// use perilune::native::{SendWarningFunction, State};
///
/// let shout: SendWarningFunction = Box::new(|_, text, to_be_continued| {
///     eprint!("{}{}", String::from_utf8_lossy(text), if to_be_continued { "" } else { "\n" });
/// });
/// let mut state = State::new().unwrap();
/// state.set_send_warning_function(shout);
/// state.warning(b"low on fuel", false);
/// ```
pub type SendWarningFunction = Box<dyn FnMut(&mut State, &[u8], bool) + Send>;

/// How a call ended that a native function asked for.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::CallStatus;
///
/// state.load(b"coroutine.yield('a', 'b') return 'c'", b"=co", b"t")?;
/// state.new_thread()?;
/// let mut seen = Vec::new();
/// for _ in 0..2 {
///     state.push_value(1)?;
///     seen.push(state.resume(0)?);
///     state.set_top(1);
/// }
/// assert_eq!(seen, [CallStatus::Yielded(2), CallStatus::Ok(1)]);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallStatus {
    /// It returned (or was resumed): so many values are on top.
    Ok(usize),
    /// The coroutine yielded so many values.
    Yielded(usize),
    /// It raised an error, whose value is on top.
    Error,
}

/// What a native function asks of the interpreter; made by methods of [`State`].
///
/// ```
/// # use perilune::native::{self, Return, State};
/// fn divide(state: &mut State) -> native::Result<Return> {
///     let (a, b) = (state.check_integer(1)?, state.check_integer(2)?);
///     if b == 0 {
///         return Ok(Return::NONE);
///     }
///     state.push(a.wrapping_div(b))?;
///     state.push(a.wrapping_rem(b))?;
///     Ok(Return::values(2))
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("divide", lua.create_native_function(divide)?)?;
/// assert_eq!(lua.load("divide(17, 5)").eval::<(i64, i64)>()?, (3, 2));
/// assert_eq!(lua.load("select('#', divide(1, 0))").eval::<i64>()?, 0);
/// # Ok::<(), perilune::Error>(())
/// ```
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Return(pub(crate) u32);

impl Return {
    /// No results.
    pub const NONE: Return = Return(0);
    /// The topmost `n` values are the results.
    /// What lies below them is dropped.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn last_two(state: &mut State) -> native::Result<Return> {
    ///     Ok(Return::values(state.top().min(2)))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("last_two", lua.create_native_function(last_two)?)?;
    /// assert_eq!(lua.load("last_two(1, 2, 3)").eval::<(i64, i64)>()?, (2, 3));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub const fn values(n: usize) -> Return {
        Return(n as u32)
    }
    pub(crate) const REQUEST: u32 = 0xffff_ff00;
    /// Call the function that `State::request` describes.
    pub(crate) const CALL: Return = Return(Self::REQUEST);
    pub(crate) const TAIL_CALL: Return = Return(Self::REQUEST + 1);
    pub(crate) const PCALL: Return = Return(Self::REQUEST + 2);
    pub(crate) const XPCALL: Return = Return(Self::REQUEST + 3);
    pub(crate) const RESUME: Return = Return(Self::REQUEST + 4);
    pub(crate) const YIELD: Return = Return(Self::REQUEST + 5);
    pub(crate) const YIELD_AS: Return = Return(Self::REQUEST + 6);
}

/// The details of a request that [`Return`] announces.
#[derive(Clone, Copy)]
pub(crate) struct Request {
    pub nargs: u32,
    /// -1 = all.
    pub nresults: i32,
    pub continuation: Option<Continuation>,
    pub context: i64,
    pub protected: bool,
    /// Frame slot (1..) of a message handler, or 0.
    pub handler: u32,
    pub thread: *mut Thread,
    /// The answer that goes with it; `NONE` once it was done.
    pub answer: Return,
}

/// Interned names the machine itself looks up.
pub(crate) struct Names {
    pub events: [*mut StringObject; Event::COUNT],
    pub types: [*mut StringObject; Type::COUNT],
    pub mode: *mut StringObject,
    pub name: *mut StringObject,
    pub tostring: *mut StringObject,
    pub env: *mut StringObject,
    pub n: *mut StringObject,
    pub memory_message: *mut StringObject,
    pub error_in_error: *mut StringObject,
    pub no_error_object: *mut StringObject,
}

/// The interrupt word's bits.
pub(crate) mod interrupt {
    /// Raise "interrupted!".
    pub const STOP: usize = 1;
    /// Hooks were set or removed: look which dispatch to use.
    pub const HOOKS: usize = 2;
    /// A function is to be called at each check.
    pub const FUNCTION: usize = 4;
}

/// Index of the globals in the registry (manual §4.3).
pub(crate) const REGISTRY_GLOBALS: i64 = 2;

/// A Lua state, and the running native function's view of it.
///
/// A native function addresses values by index: `1` is its first argument,
/// negative indices count from the top of its frame. An index without a slot
/// reads as absent.
///
/// A method whose documentation says nothing of pushing and popping leaves as many
/// values as it finds. One that fails may have left some above those that were there;
/// the frame drops them when the function ends.
///
/// ```
/// use perilune::native::{State, stdlib};
///
/// let mut state = State::new().unwrap();
/// let shout = state.enter(|state| {
///     stdlib::open_all(state)?;
///     state.load(b"return ('hey'):upper()", b"=chunk", b"t")?;
///     state.call(0, Some(1))?;
///     Ok(state.bytes(-1).map(<[u8]>::to_vec))
/// });
/// assert_eq!(shout.unwrap().as_deref(), Some(&b"HEY"[..]));
/// ```
pub struct State {
    pub(crate) dialect: &'static Dialect,
    /// The dialect's numbers are floats: no integer is ever seen by a script.
    pub(crate) float_only: bool,
    pub(crate) heap: Heap,
    pub(crate) current: *mut Thread,
    pub(crate) main: *mut Thread,
    pub(crate) interrupt: Arc<AtomicUsize>,
    /// Entries from Rust that have not ended.
    pub(crate) entries: u32,
    /// Called at each check of the interrupt word.
    pub(crate) interrupt_function: Option<fn(&mut State) -> Result<()>>,
    /// The call to be checked next has been checked already.
    pub(crate) interrupt_done: bool,
    /// Lowest address the native stack may reach.
    pub(crate) native_limit: usize,
    /// The native stack's upper end, as far as known: another one means
    /// another OS thread.
    pub(crate) native_top: usize,
    pub(crate) registry: *mut Table,
    /// Environments that native functions and userdata were given; null = none.
    pub(crate) environments: *mut Table,
    pub(crate) metatables: [*mut Table; Type::COUNT],
    pub(crate) names: Names,
    pub(crate) request: Request,
    /// What takes the function's place that has asked for `YIELD_AS`.
    pub(crate) replacement: Option<NativeFn>,
    /// The value of the error on its way.
    pub(crate) error_value: RawValue,
    /// The message handler has seen the error on its way.
    pub(crate) error_handled: bool,
    /// The most slots a stack may have: less while message handlers nest.
    pub(crate) stack_limit: usize,
    /// Depth of coroutines that close one another.
    pub(crate) close_depth: u32,
    /// The message handlers that run.
    pub(crate) handlers: Handlers,
    /// A finalizer runs, or the state is being closed: collect no more.
    pub(crate) in_finalizer: bool,
    pub(crate) buffers: Vec<crate::api::Buffer>,
    pub(crate) app_data: Vec<Payload>,
    /// What the embedding API keeps.
    pub(crate) kept: crate::embed::KeptValues,
    /// The message handler of calls from Rust that name none.
    pub(crate) default_handler: Option<NativeFn>,
    /// Userdata that hold roots.
    pub(crate) traced: crate::embed::Traced,
    /// The memory that handles share, of which this state is part; or null.
    pub(crate) owner: *const crate::embed::Inner,
    pub(crate) warn: Option<WarningFunction>,
    /// It may have to stay on its OS thread.
    pub(crate) warn_is_local: bool,
    /// How often it was set.
    pub(crate) warn_changes: u32,
    pub(crate) closed: bool,
    /// What Rust code panicked with, while that is on its way.
    pub(crate) panic: Option<Box<dyn std::any::Any + Send>>,
    pub(crate) seed: u64,
    /// Payloads of the functions `next` and the iterator of `ipairs`; 0 = none.
    pub(crate) next_function: u64,
    pub(crate) ipairs_function: u64,
    /// Where the results of the last call from Rust begin (offset in the stack).
    pub(crate) call_result: usize,
    /// How the coroutine ended that Rust code resumed last.
    pub(crate) resumed: CallStatus,
    /// What a coroutine failed with last.
    pub(crate) resumed_error: Kind,
    /// Where the error came from that passes through native functions.
    pub(crate) raised: Option<crate::raised::Raised>,
    /// How many errors protected calls and coroutines have ended.
    pub(crate) errors_caught: u64,
}

impl State {
    /// A fresh state of Lua 5.4 without libraries.
    ///
    /// ```
    /// use perilune::native::{State, Type};
    ///
    /// let mut state = State::new().unwrap();
    /// let print = state.enter(|state| {
    ///     state.get_global("print")?;
    ///     Ok(state.type_of(-1))
    /// });
    /// assert_eq!(print.unwrap(), Some(Type::Nil));
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new() -> Result<State> {
        Self::new_with_dialect(&LUA_5_4)
    }

    /// A fresh state of a dialect, without libraries.
    ///
    /// ```
    /// use perilune::native::{LUA_5_1, State};
    ///
    /// let mut state = State::new_with_dialect(&LUA_5_1).unwrap();
    /// let loads = state.enter(|state| state.load(b"return 7 // 2", b"=chunk", b"t"));
    /// assert!(!loads.unwrap(), "Lua 5.1 has no such operator");
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_with_dialect(dialect: &'static Dialect) -> Result<State> {
        Self::create(dialect).map_err(|AllocError| Error::memory())
    }

    /// The dialect the state was made for.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// if state.dialect().integer_division {
    ///     assert!(state.load(b"return 7 // 2", b"=chunk", b"t")?);
    /// }
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    // Out of line: the stack that moving a whole state takes is free again afterwards.
    #[inline(never)]
    fn create(dialect: &'static Dialect) -> std::result::Result<State, AllocError> {
        use std::hash::{BuildHasher, Hasher};
        let seed = std::hash::RandomState::new().build_hasher().finish();
        let mut heap = Heap::new(seed)?;
        heap.set_tables(TableRules {
            borders: dialect.borders,
            arrays_by_memory: dialect.arrays_by_memory,
            nil_makes_keys: dialect.nil_makes_keys,
            number_places: dialect.number_places,
        });
        if dialect.unpredictable_borders {
            heap.set_search_noise(seed as u32 | 1);
        }
        let mut name = |s: &str| heap.intern(s.as_bytes());
        let mut events = [std::ptr::null_mut(); Event::COUNT];
        for (slot, text) in events.iter_mut().zip(Event::NAMES) {
            *slot = name(text)?;
        }
        let mut types = [std::ptr::null_mut(); Type::COUNT];
        for (slot, t) in types.iter_mut().zip(Type::ALL) {
            *slot = name(t.name())?;
        }
        let names = Names {
            types,
            mode: events[Event::Mode as usize],
            events,
            name: name("__name")?,
            tostring: name("__tostring")?,
            env: name("_ENV")?,
            n: name("n")?,
            memory_message: name("not enough memory")?,
            error_in_error: name("error in error handling")?,
            no_error_object: name("<no error object>")?,
        };
        let mut state = State {
            dialect,
            float_only: dialect.float_only_numbers,
            heap,
            current: std::ptr::null_mut(),
            main: std::ptr::null_mut(),
            interrupt: Arc::new(AtomicUsize::new(0)),
            entries: 0,
            interrupt_function: None,
            interrupt_done: false,
            native_limit: 0,
            native_top: 0,
            registry: std::ptr::null_mut(),
            environments: std::ptr::null_mut(),
            metatables: [std::ptr::null_mut(); Type::COUNT],
            names,
            replacement: None,
            request: Request {
                nargs: 0,
                nresults: 0,
                continuation: None,
                context: 0,
                protected: false,
                handler: 0,
                thread: std::ptr::null_mut(),
                answer: Return::NONE,
            },
            error_value: RawValue::NIL,
            error_handled: false,
            stack_limit: crate::frame::MAX_STACK,
            close_depth: 0,
            handlers: Handlers::default(),
            in_finalizer: false,
            buffers: Vec::new(),
            app_data: Vec::new(),
            kept: Default::default(),
            default_handler: None,
            traced: crate::embed::Traced::default(),
            owner: std::ptr::null(),
            warn: None,
            warn_is_local: false,
            warn_changes: 0,
            closed: false,
            panic: None,
            seed,
            next_function: 0,
            ipairs_function: 0,
            call_result: 0,
            resumed: CallStatus::Error,
            resumed_error: Kind::Value,
            raised: None,
            errors_caught: 0,
        };
        // SAFETY: nothing collects while the state is being built; the objects
        // are rooted in the state's fields as soon as they exist.
        unsafe {
            let main = state.allocate_thread()?;
            state.main = main;
            state.current = main;
            (*main).status = ThreadStatus::Running;
            let main_index = dialect.registry_main_thread;
            state.registry = crate::table::new(&mut state.heap, main_index.max(2) as u32, 8)?;
            // Room for the libraries' names, so that opening them moves none.
            let globals = crate::table::new(&mut state.heap, 0, 64)?;
            let registry = state.registry;
            let set = |heap: &mut Heap, key, value| {
                crate::table::set_integer(heap, registry, key, value).map_err(|_| AllocError)
            };
            set(&mut state.heap, 1, RawValue::boolean(false))?;
            set(&mut state.heap, main_index, RawValue::pointer(tag::THREAD, main))?;
            set(&mut state.heap, REGISTRY_GLOBALS, RawValue::pointer(tag::TABLE, globals))?;
        }
        Ok(state)
    }

    /// A thread object with a small stack and its bottom frame.
    ///
    /// # Safety
    /// The caller roots it before anything can collect.
    pub(crate) unsafe fn allocate_thread(
        &mut self,
    ) -> std::result::Result<*mut Thread, AllocError> {
        const INITIAL: usize = 40;
        // SAFETY: the fields are all written before anyone can see the object;
        // the stack is written up to its end.
        unsafe {
            let th = self.heap.alloc(size_of::<Thread>(), tag::THREAD)? as *mut Thread;
            std::ptr::write(&raw mut (*th).to_be_closed, Vec::new());
            std::ptr::write(&raw mut (*th).large_counts, Vec::new());
            std::ptr::write(&raw mut (*th).hooks, Hooks::default());
            (*th).stack = std::ptr::null_mut();
            (*th).stack_size = 0;
            (*th).open_upvalues = std::ptr::null_mut();
            (*th).status = ThreadStatus::Fresh;
            (*th).chain_slots = 0;
            (*th).protected_depth = 0;
            (*th).non_yieldable = 0;
            (*th).resumer = std::ptr::null_mut();
            (*th).globals = std::ptr::null_mut();
            (*th).pc = std::ptr::null();
            (*th).base = std::ptr::null_mut();
            (*th).top = std::ptr::null_mut();
            (*th).stack_last = std::ptr::null_mut();
            self.heap.own(th as *mut Header)?;
            let size = INITIAL + crate::frame::EXTRA_STACK;
            self.heap.charge(size * size_of::<RawValue>())?;
            let Some(stack) = allocate_stack(size) else {
                self.heap.release(size * size_of::<RawValue>());
                return Err(AllocError);
            };
            (*th).stack = stack;
            (*th).stack_size = size as u32;
            (*th).stack_last = stack.add(INITIAL);
            for i in 0..size {
                stack.add(i).write(RawValue::NIL);
            }
            crate::frame::set_link_word(
                stack,
                crate::frame::make_link(tag::NIL, crate::frame::kind::BASE, 0),
            );
            (*th).base = stack.add(1);
            (*th).top = stack.add(1);
            Ok(th)
        }
    }

    /// Marks what the state refers to.
    pub(crate) fn trace_roots(&mut self, marker: &mut crate::heap::Marker) {
        // SAFETY: all fields hold live objects or null.
        unsafe {
            marker.mark_object(self.main as *mut Header);
            marker.mark_object(self.current as *mut Header);
            let mut th = self.current;
            while !th.is_null() {
                marker.mark_object(th as *mut Header);
                th = (*th).resumer;
            }
            marker.mark_object(self.registry as *mut Header);
            marker.mark_object(self.environments as *mut Header);
            for &mt in &self.metatables {
                marker.mark_object(mt as *mut Header);
            }
            let n = &self.names;
            for &name in n.events.iter().chain(&n.types).chain([
                &n.mode,
                &n.name,
                &n.tostring,
                &n.env,
                &n.n,
                &n.memory_message,
                &n.error_in_error,
                &n.no_error_object,
            ]) {
                marker.mark_object(name as *mut Header);
            }
            marker.mark_value(self.error_value);
            marker.mark_object(self.request.thread as *mut Header);
            for &value in &self.kept.values {
                marker.mark_value(value);
            }
            if !self.owner.is_null() {
                (*self.owner).roots.trace(marker);
            }
        }
    }

    /// Where the native stack may not grow further: the limit of the OS thread
    /// that runs now, found anew when it is another one than before.
    #[inline(always)]
    pub(crate) fn refresh_native_limit(&mut self) {
        let here = crate::native_stack::here();
        if here > self.native_top || here < self.native_limit {
            self.find_native_limit();
        }
    }

    #[cold]
    #[inline(never)]
    fn find_native_limit(&mut self) {
        let (limit, top) = crate::native_stack::bounds();
        self.native_limit = limit;
        self.native_top = top;
    }

    /// Forgets the limits of the OS thread that ran last.
    #[cfg(not(feature = "send"))]
    pub(crate) fn forget_native_limit(&mut self) {
        self.native_limit = usize::MAX;
        self.native_top = 0;
    }

    /// The Rust values in the state that may have to stay on their OS thread: how
    /// many, and the type of one of them.
    #[cfg(not(feature = "send"))]
    pub(crate) fn local_values(&self) -> (usize, Option<&'static str>) {
        let local = self.app_data.iter().filter(|data| data.is_local());
        let warn = self.warn_is_local && self.warn.is_some();
        let count = self.heap.local_payloads() + local.clone().count() + usize::from(warn);
        if count == 0 {
            return (0, None);
        }
        let name = self.heap.local_type().or_else(|| local.map(Payload::type_name).next());
        (count, name.or(warn.then_some("warning function")))
    }

    /// How many bytes of the native stack may still be used.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let before = state.native_stack_left();
    /// let inside = state.enter(|state| Ok(state.native_stack_left()))?;
    /// assert!(inside <= before && inside > 10_000);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn native_stack_left(&self) -> usize {
        crate::native_stack::here().saturating_sub(self.native_limit)
    }

    /// A handle by which another thread or a signal handler can stop the
    /// running script.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// let handle = lua.with_native(|state| Ok(state.interrupt_handle()))?;
    /// let watchdog = std::thread::spawn(move || {
    ///     std::thread::sleep(std::time::Duration::from_millis(20));
    ///     handle.interrupt();
    /// });
    /// let error = lua.load("while true do end").exec().unwrap_err();
    /// assert!(error.to_string().contains("interrupted!"));
    /// watchdog.join().unwrap();
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle(self.interrupt.clone())
    }

    /// Raises the error "interrupted!" if that was asked for: to be called by a
    /// native function whose waiting a signal has ended, or now and then by one
    /// that works for long.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.check_interrupt()?;
    /// state.interrupt_handle().interrupt();
    /// assert!(state.check_interrupt().is_err());
    /// assert!(state.check_interrupt().is_ok(), "that was it");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// That error.
    pub fn check_interrupt(&mut self) -> Result<()> {
        match self.interrupt.fetch_and(!interrupt::STOP, Ordering::Relaxed) & interrupt::STOP {
            0 => Ok(()),
            _ => Err(self.interrupted()),
        }
    }

    /// The error "interrupted!", with the position of the running function's
    /// caller, as the hook of the C implementation gives it.
    #[cold]
    pub(crate) fn interrupted(&mut self) -> Error {
        self.error(format_args!("interrupted!"))
    }

    /// For tests: collect fully at every `collect_every`-th point where a
    /// collection may happen, and let the `fail_at`-th allocation from now on
    /// fail (0 = never).
    ///
    /// ```
    /// use perilune::native::State;
    ///
    /// let mut state = State::new().unwrap();
    /// state.set_stress(0, 1);
    /// let result = state.enter(|state| state.new_table(100, 0));
    /// assert!(result.unwrap_err().is_memory());
    /// ```
    pub fn set_stress(&mut self, collect_every: u32, fail_at: u64) {
        self.heap.set_stress(collect_every, fail_at);
    }

    /// Caps the bytes the state may use; `None` lifts the cap. What would take more
    /// raises "not enough memory", once a full collection has not helped.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let limit = state.used_memory() + 100_000;
    /// state.set_memory_limit(Some(limit));
    /// state.load(b"return ('x'):rep(1000000)", b"=greedy", b"t")?;
    /// assert!(state.protected_call(0, Some(1)).unwrap_err().is_memory());
    /// state.set_memory_limit(None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_memory_limit(&mut self, bytes: Option<usize>) {
        self.heap.set_cap(bytes);
    }

    /// Lets `collectgarbage` answer that the collector works in generational
    /// mode, as the stock `lua` program sets it, until a script changes it.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// lua.with_native(|state| {
    ///     state.report_generational();
    ///     Ok(())
    /// })?;
    /// let before: String = lua.load("collectgarbage('incremental')").eval()?;
    /// assert_eq!(before, "generational");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn report_generational(&mut self) {
        self.heap.report_generational();
    }

    /// Bytes in use.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let before = state.used_memory();
    /// state.new_table(1000, 0)?;
    /// assert!(state.used_memory() >= before + 8000);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn used_memory(&self) -> usize {
        self.heap.used()
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if self.entries == 0 {
            self.close();
            // SAFETY: the state goes, so nothing refers to any object any more.
            unsafe { self.heap.release_all_owners() };
            self.report_panics();
        } else if std::thread::panicking() {
            // The panic may be caught before it has passed all that runs.
            self.heap.leak();
        } else {
            crate::entry::replaced_while_running();
        }
    }
}

// SAFETY: a state owns all its objects, and every Rust value in it is `Send`
// with this feature; it keeps nothing that belongs to a thread but the limits of
// the native stack, which are found anew on another one.
#[cfg(feature = "send")]
unsafe impl Send for State {}

/// Stops a running script: see [`State::interrupt_handle`].
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// let handle = state.interrupt_handle();
/// handle.clone().interrupt();
/// state.load(b"while true do end", b"=loop", b"t")?;
/// assert!(state.protected_call(0, Some(0)).is_err());
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone)]
pub struct InterruptHandle(Arc<AtomicUsize>);

impl InterruptHandle {
    /// Makes the running script raise the error "interrupted!" at its next
    /// backward jump or function call. Safe to call from a signal handler.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.interrupt_handle().interrupt();
    /// let error = state.check_interrupt().unwrap_err();
    /// state.push_error(error)?;
    /// assert_eq!(state.bytes(-1), Some(&b"interrupted!"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn interrupt(&self) {
        self.0.fetch_or(interrupt::STOP, Ordering::Relaxed);
    }

    /// The word behind the handle, and the value to be stored in it to the same
    /// effect, for signal handlers that can store but not combine.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use std::sync::atomic::Ordering;
    ///
    /// let (word, stop) = state.interrupt_handle().word();
    /// word.store(stop, Ordering::Relaxed);
    /// assert!(state.check_interrupt().is_err());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn word(&self) -> (Arc<AtomicUsize>, usize) {
        // Looking for the right dispatch once too often does no harm.
        (self.0.clone(), interrupt::STOP | interrupt::HOOKS)
    }
}

/// Slots are moved as 16-byte words.
fn stack_layout(size: usize) -> Option<std::alloc::Layout> {
    let bytes = size.checked_mul(size_of::<RawValue>())?;
    std::alloc::Layout::from_size_align(bytes, align_of::<u128>()).ok()
}

/// Memory for a stack of `size` slots, or `None`.
pub(crate) fn allocate_stack(size: usize) -> Option<*mut RawValue> {
    let layout = stack_layout(size)?;
    // SAFETY: `size` is not 0.
    let p = unsafe { std::alloc::alloc(layout) } as *mut RawValue;
    (!p.is_null()).then_some(p)
}

/// # Safety
/// `stack` came from `allocate_stack(size)` and is not used any more.
pub(crate) unsafe fn free_stack(stack: *mut RawValue, size: usize) {
    if let Some(layout) = stack_layout(size) {
        // SAFETY: nobody uses the stack any more.
        unsafe { std::alloc::dealloc(stack as *mut u8, layout) }
    }
}

/// Drops a Rust value. A destructor that panics must not unwind into the
/// collector.
pub(crate) fn drop_payload(heap: &mut Heap, data: Option<Payload>) {
    if let Some(payload) = &data {
        heap.discount_payload(payload);
    }
    let data = data.map(Payload::leave);
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(data)));
    if let Err(panic) = dropped {
        let text = panic
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        heap.note_panic(text.unwrap_or("panic").to_owned());
        // What was panicked with may itself have a destructor that panics.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(panic)));
    }
}

/// Drops what a dead object owns outside the heap. Called by the heap.
///
/// # Safety
/// `object` is an object with the OWNER flag that nothing refers to any more.
pub(crate) unsafe fn drop_object(heap: &mut Heap, object: *mut Header) {
    // SAFETY: kinds tell the layout; each owner field is dropped once, as the
    // object is dead.
    unsafe {
        match (*object).kind {
            tag::THREAD => {
                let th = object as *mut Thread;
                if !(*th).stack.is_null() {
                    let size = (*th).stack_size as usize;
                    free_stack((*th).stack, size);
                    heap.release(size * size_of::<RawValue>());
                }
                std::ptr::drop_in_place(&raw mut (*th).to_be_closed);
                std::ptr::drop_in_place(&raw mut (*th).large_counts);
                std::ptr::drop_in_place(&raw mut (*th).hooks);
            }
            tag::PROTOTYPE => {
                let p = object as *mut PrototypeObject;
                heap.release((*p).data.external);
                crate::load::drop_code(p);
                std::ptr::drop_in_place(&raw mut (*p).data);
            }
            tag::USERDATA => {
                let data = (*(object as *mut Userdata)).data.take();
                drop_payload(heap, data);
            }
            tag::NATIVE_CLOSURE => {
                let data = std::ptr::read(NativeClosure::data(object as *mut NativeClosure));
                drop_payload(heap, Some(data.payload));
            }
            _ => {}
        }
        (*object).flags &= !flag::OWNER;
    }
}
