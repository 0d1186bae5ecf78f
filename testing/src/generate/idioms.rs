//! Statements that put several features of the language together: closures made
//! in loops, classes, coroutines that call one another, jumps back, chunks that
//! are dumped, tables that are traversed.

use super::grammar::{Grammar, Kind};
use super::library;
use super::tree::Node;

/// Keys of tables that are traversed: numbers alone, for the order of other keys
/// differs from run to run.
const KEYS: &[&str] = &[
    "1", "2", "3", "4", "5", "8", "-1", "-7", "0", "100", "1000", "2^31", "0.5", "-2.5", "1e100",
    "7", "9", "16", "17", "33", "2^53", "1/3", "1e15", "-2^40", "true", "64", "6",
];

/// What is done with values whose kinds do not fit.
const MISTAKES: &[&str] = &[
    "local a = @ return a.b.c",
    "local a = @ a.b.c = 1",
    "local a = @ return a()",
    "local a = @ return a:m()",
    "local a = {b = @} return a.b.c.d",
    "local a = {b = @} return a.b()",
    "local a = {b = @} return a.b:c(1)",
    "local a = {b = @} a.b.c.d = 2",
    "local a, b = @ return a .. b",
    "local a, b = @ return a + b",
    "local a, b = @ return -a, #b",
    "local a, b = @ return a < b",
    "local a, b = @ return a <= 1, b",
    "local a = @ return (function() return a.x.y end)()",
    "local a = @ return (function() a.x.y = 1 end)()",
    "local a = @ return (function() return a() end)()",
    "return g1.x",
    "return g1()",
    "return string.nothing('x')",
    "return ('x'):nothing()",
    "return ('x').y.z",
    "local t = {} t[nil] = @",
    "local t = {} t[0/0] = @",
    "local t = {} return t[@][@]",
    "return math.floor(@, @) + {}",
    "for i = 1, @ do return i end",
    "for i = @, 2 do return i end",
    "for i = 1, 2, @ do return i end",
    "for a, b in @ do return a, b end",
    "local t = setmetatable({}, {__index = @}) return t.x.y",
    "local t = setmetatable({}, {__newindex = @}) t.x = 1 return t.x, rawget(t, 'x')",
    "local t = setmetatable({}, {__call = @}) return t(1)",
    "local t = setmetatable({}, {__add = @}) return t + 1",
    "local t = setmetatable({}, {__lt = @}) return t < t, 1",
    "local t = setmetatable({}, {__concat = @}) return t .. 'x'",
    "local t = setmetatable({}, {__len = @}) return #t",
    "local t = setmetatable({}, {__eq = @}) return t == setmetatable({}, getmetatable(t))",
    "local t = setmetatable({}, {__tostring = @}) return tostring(t)",
    "local t = setmetatable({}, {__unm = @}) return -t",
    "return select(@, 1, 2, 3)",
    "return (select('#', @, @))",
    "return tostring(@):rep(2, @)",
    "error(@)",
    "error(@, 2)",
    "error({code = @})",
    "error(setmetatable({}, {__tostring = function() return 'object' end}))",
    "assert(@, @)",
    "assert(false, @)",
    "assert(nil)",
    "return ipairs(@)",
    "return setmetatable(@, {})",
    "return rawset(@, 1, 2)",
    "return table.concat({1, @, 3})",
    "return table.concat({@, @}, @)",
    "return string.format('%d %s', @, @)",
    "return ('x'):rep(@)",
    "return string.char(@)",
    "return tonumber(@, @)",
];

impl Grammar {
    /// One of the statements of this file.
    pub(super) fn idiom(&mut self, depth: usize) -> Node {
        match self.random.below(11) {
            0 => self.closures_in_a_loop(),
            1 if self.features.from_5_2 => self.jump_back(depth),
            2 => self.class(),
            3 => self.producer(),
            4 => self.coroutines_in_coroutines(),
            5 => self.traversal(),
            6 => self.dumped(),
            7 => self.format(),
            8 => self.inspected(),
            9 => self.protected(),
            _ => self.mistake(),
        }
    }

    fn values(&mut self, count: usize) -> Vec<Node> {
        (0..count).map(|_| self.expression(Kind::Any, 1)).collect()
    }

    /// A template with an expression for each `@`.
    fn filled(&mut self, template: &str) -> Node {
        let parts = self.values(template.matches('@').count());
        Node::statement(template, parts)
    }

    fn closures_in_a_loop(&mut self) -> Node {
        let head = *self.random.pick(&[
            "for i = 1, 3 do",
            "for i = 3, 1, -1.5 do",
            "for i, w in ipairs{'p', 'q', 'r'} do",
            "local i = 0 while i < 3 do i = i + 1",
            "local i = 0 repeat i = i + 1 local last = i >= 3",
        ]);
        let tail = if head.contains("repeat") { "until last" } else { "end" };
        let body = *self.random.pick(&[
            "local x = @ fs[#fs + 1] = function(...) local old = x x = ... return i, old, x end",
            "local x, y = i fs[#fs + 1] = function(a) y = a or y x = y return x, y, i end fs[#fs + 1] = function() return y, x end",
            "fs[#fs + 1] = function(...) shared = shared + i return shared, ... end",
            "local x fs[#fs + 1] = function() x = (x or 0) + i return x end if i == 2 then break end",
            "local function f(n) if type(n) ~= 'number' or not (n > 0 and n < 9) then return i, shared end return f(n - 1) end fs[#fs + 1] = f",
        ]);
        let text = format!(
            "P(function(...) local fs, shared = {{}}, 0 {head} {body} {tail} for n = 1, #fs do S(n, fs[n](n)) end for n = 1, #fs do S(fs[n](@)) end end)"
        );
        self.filled(&text)
    }

    fn jump_back(&mut self, depth: usize) -> Node {
        let label = self.fresh("l");
        let value = self.fresh("v");
        let declaration = *self.random.pick(&["", " = @", ", w", " = nil"]);
        let before = *self.random.pick(&["", "local u", "local u, w", "local u = 1", "u = nil"]);
        let text = format!(
            "P(function(...) local n, fs = 0, {{}} {before} ::{label}:: local {value}{declaration} n = n + 1 S({value}, n) fs[n] = function() return {value} end {value} = n"
        );
        let head = self.filled(&text);
        let visible = self.locals.len();
        self.locals.push((value, Kind::Any));
        let count = self.random.below(3);
        let body = self.block(count, depth.saturating_sub(1).min(1));
        self.locals.truncate(visible);
        let tail = *self.random.pick(&[
            "if n < 3 then goto LABEL end for i = 1, #fs do S(fs[i]()) end end)",
            "do local k = n if k < 3 then goto LABEL end end S(fs[1](), fs[#fs]()) end)",
            "while n < 4 do n = n + 1 if n % 2 == 0 then goto LABEL end end S(#fs, fs[1]()) end)",
            "for i = 1, 2 do if i == 2 and n < 3 then goto LABEL end local i = i fs[#fs + 1] = function() return i end end S(fs[#fs]()) end)",
            "repeat local k = n if k > 2 then break end goto LABEL until k S(fs[1]()) end)",
        ]);
        Node::around(false, head, body, Node::statement(&tail.replace("LABEL", &label), vec![]))
    }

    fn class(&mut self) -> Node {
        let name = self.fresh("K");
        let index = *self.random.pick(&[
            "base",
            "function(t, k) return base[k] end",
            "function(t, k) return k .. '!' end",
            "setmetatable({}, {__index = base})",
        ]);
        let text = format!(
            "local {name} = {{}} P(function(...) local base = {{x = @, get = function(self, a) return self.x, a end}} base.__index = base {name}.__index = setmetatable({name}, {{__index = {index}, __call = function(class, ...) return setmetatable({{...}}, class) end}}) {name}.__tostring = function(o) return 'K' .. #o end {name}.__add = function(a, b) return {name}(@, type(a), type(b)) end {name}.__eq = function(a, b) return rawlen and true or false end local o = {name}(@, @) S(#o, o.x, tostring(o)) S(pcall(o.get, o, @)) S(o == {name}(1), o ~= {{}}) o.x = @ S(o.x, rawget(o, 'x'), o:get(@)) local p = o + @ S(#p, p[2], p[3]) return p.nothing, o.get == base.get end)"
        );
        self.filled(&text)
    }

    fn producer(&mut self) -> Node {
        let body = *self.random.pick(&[
            "for i = 1, 3 do local got = coroutine.yield(i, ...) S('got', got) end return 'end'",
            "S(pcall(function(...) coroutine.yield('inside') error(@) end, ...)) coroutine.yield('after') return @",
            "local t = setmetatable({}, {__index = function(t, k) return coroutine.yield(k) end, __add = function(a, b) return coroutine.yield('add') end}) return t.x, t + 1, @",
            "for k in (function() return coroutine.yield('iterator') end) do S(k) if k == 2 then break end end return @",
            "table.sort({3, 1, 2}, function(a, b) coroutine.yield(a) return a < b end)",
            "return coroutine.yield(coroutine.yield(@))",
            "string.gsub('abc', '.', function(c) coroutine.yield(c) end) return 1",
            "local function deep(n) if n == 0 then return coroutine.yield(@) end return (deep(n - 1)) end return deep(3)",
            "S(xpcall(function() coroutine.yield(1) local x = nil + 1 end, function(m) return 'handled ' .. tostring(m) end)) coroutine.yield(2)",
            "S(select(2, coroutine.running()), coroutine.status(coroutine.running())) error(@)",
            "local ok, message = pcall(error, @) coroutine.yield(ok, message) return tostring(message)",
        ]);
        let uses = [
            "for i = 1, 5 do S(coroutine.status(co), coroutine.resume(co, i, @)) end",
            "S(coroutine.resume(co, @)) S(coroutine.resume(co)) S(debug.traceback(co)) S(debug.traceback(co, 'message', 1))",
            "S(coroutine.resume(co)) S(coroutine.resume(co, @, @)) S(coroutine.resume(co, @)) S(coroutine.status(co))",
            "S(coroutine.resume(co, co)) local f = coroutine.wrap(function(...) return coroutine.resume(co, ...) end) S(f(@)) S(pcall(f))",
        ];
        let uses = *self.random.pick(&uses);
        let text = format!(
            "P(function(...) local co = coroutine.create(function(...) {body} end) {uses} end)"
        );
        self.filled(&text)
    }

    fn coroutines_in_coroutines(&mut self) -> Node {
        let text = *self.random.pick(&[
            "P(function(...) local a, b a = coroutine.wrap(function(x) while true do x = coroutine.yield(b and b(x) or x) end end) b = coroutine.wrap(function(x) for i = 1, 2 do x = coroutine.yield(i) end return @ end) for i = 1, 4 do S(a(i)) end end)",
            "P(function(...) local a a = coroutine.wrap(function() return a() end) return a(@) end)",
            "P(function(...) local a a = coroutine.wrap(function(...) return a(...) end) return a(@) end)",
            "P(function(...) local a, b a = coroutine.wrap(function() return b(@) end) b = coroutine.wrap(function() return a() end) return a() end)",
            "P(function(...) local co co = coroutine.create(function() S(coroutine.status(co), coroutine.resume(co)) local inner = coroutine.create(function() S(coroutine.status(co), coroutine.resume(co, @)) coroutine.yield(1) error(@) end) S(coroutine.resume(inner)) S(coroutine.resume(inner)) S(coroutine.status(inner)) return @ end) S(coroutine.resume(co)) end)",
            "P(function(...) local function gen(n) return coroutine.wrap(function() for i = 1, n do for v in (n > 1 and gen(n - 1) or function() end) do coroutine.yield(v) end coroutine.yield(n * 10 + i) end end) end local all = {} for v in gen(3) do all[#all + 1] = v end S(table.concat(all, ' ')) return @ end)",
            "P(function(...) local f = coroutine.wrap(function(...) local a, b = ... repeat a, b = coroutine.yield(b, a) until not a error(b) end) S(f(@, @)) S(f(1, 2)) S(pcall(f, nil, @)) S(pcall(f)) end)",
        ]);
        self.filled(text)
    }

    /// A table whose keys are numbers: their order, its border, and what happens
    /// to them when some are cleared.
    fn traversal(&mut self) -> Node {
        let count = 1 + self.random.below(14);
        let mut text = String::from("P(function(...) local t = ");
        text.push_str(self.random.pick::<&str>(&[
            "{}",
            "{1, 2, 3}",
            "{1, nil, 3}",
            "{nil, nil, 3}",
            "{[1] = 'a', [2] = 'b'}",
            "{'a', 'b', [4] = 'd'}",
            "{0.5, [0.5] = 2}",
        ]));
        for step in 0..count {
            let key = *self.random.pick(KEYS);
            match self.random.below(6) {
                0 => text.push_str(&format!(" t[{key}] = nil")),
                1 => text.push_str(&format!(" for i = 1, {step} do t[#t + 1] = i end")),
                2 => text.push_str(" table.insert(t, 'i')"),
                _ => text.push_str(&format!(" t[{key}] = {step}")),
            }
        }
        if self.features.from_5_5 {
            // Which border it is differs from run to run.
            text = text.replace("t[#t + 1] = i", "t[i] = i").replace("table.insert(t, 'i')", "");
        } else {
            text.push_str(" S(#t)");
        }
        text.push_str(" for k, v in pairs(t) do S(k, v) if v == 2 then t[k] = nil end end for i, v in ipairs(t) do S(i, v) end S(next(t)) end)");
        Node::statement(&text, vec![])
    }

    fn dumped(&mut self) -> Node {
        let load = if self.features.from_5_2 { "load" } else { "loadstring" };
        let more = if self.features.from_5_2 {
            *self.random.pick(&[
                "",
                ", 'name', 'b'",
                ", '=name', 't'",
                ", '@name', 'bt', {x = 1}",
                ", nil, 'x'",
            ])
        } else {
            *self.random.pick(&["", ", 'name'", ", '@name'", ", '=name'"])
        };
        let template = *self.random.pick(&[
            "P(function(...) local u = @ local f = LOAD(string.dump(function(...) local a = ... return a, x, ... end)MORE) S(type(f)) return f(@, @) end)",
            "P(function(...) local f, m = LOAD('local a = ... return a.b, x, ...'MORE) S(type(f), m) return f(@) end)",
            "P(function(...) local f, m = LOAD('local a = ... a.b.c = x'MORE) S(type(f), m) return f(@) end)",
            "P(function(...) local f, m = LOAD('x = = 1\\n'MORE) return f, m end)",
            "P(function(...) local f = LOAD('local function g(n) if n == 0 then error(\"deep\", 2) end g(n - 1) end g(2)'MORE) return f(@) end)",
            "P(function(...) local f = LOAD('return ...\\n, 1 + nil'MORE) return f(@) end)",
            "T(function(...) local f = LOAD('local t = {} t.x = function() return nil .. 1 end t.x() return @'MORE) return (f(1)) end)",
        ]);
        let template = template.replace("LOAD", load).replace("MORE", more);
        let parts = template.matches('@').count() - more.matches('@').count();
        if parts != template.matches('@').count() {
            // The `@` of a chunk's name stands for itself.
            let text = template.replace("'@name'", "'\\64name'");
            return self.filled(&text);
        }
        self.filled(&template)
    }

    /// A format, put together at random.
    fn format(&mut self) -> Node {
        let mut text = String::new();
        let count = 1 + self.random.below(3);
        let mut parts = Vec::new();
        for _ in 0..count {
            text.push('%');
            for flag in ["-", "+", " ", "#", "0"] {
                if self.random.one_in(5) {
                    text.push_str(flag);
                }
            }
            if self.random.one_in(2) {
                text.push_str(&self.random.below(15).to_string());
            }
            let short = self.random.one_in(3);
            if short {
                text.push_str(&format!(".{}", self.random.below(12)));
            }
            let letter = *self
                .random
                .pick(&["d", "i", "x", "X", "o", "e", "E", "f", "g", "G", "s", "s", "c", "q", "u"]);
            text.push_str(letter);
            text.push('|');
            let kind = if matches!(letter, "s" | "q") { Kind::Any } else { Kind::Number };
            if short && letter == "s" {
                // Shortened addresses are not made equal.
                parts.push(Node::leaf(*self.random.pick(library::STRINGS)));
                continue;
            }
            // The precision of `%#g` is a known difference.
            parts.push(self.expression(kind, 0));
        }
        let text =
            text.replace('#', if text.contains('g') || text.contains('G') { "" } else { "#" });
        Node::statement(
            &format!(
                "P(function(...) return string.format('{text}', {}) end)",
                vec!["@"; count].join(", ")
            ),
            parts,
        )
    }

    /// What the debug library tells.
    fn inspected(&mut self) -> Node {
        let text = *self.random.pick(&[
            "P(function(...) local function f(a, b, ...) local c = @ local i = debug.getinfo(1, 'nSlu') S(i.name, i.namewhat, i.what, i.currentline, i.linedefined, i.nups, i.nparams, i.isvararg) for n = 1, 4 do local name, v = debug.getlocal(1, n) if not name or name:sub(1, 1) == '(' then break end S(name, v) end return c end f(@, 2, 3) local t = {m = f} t.m(@) t:m() end)",
            "P(function(...) local u, w = @, @ local function f() return u, w end S(debug.getupvalue(f, 1)) S(debug.setupvalue(f, 2, @)) S(f()) S(debug.getupvalue(f, 3)) return w end)",
            "T(function(...) local function inner() error(@) end local function outer() inner() end outer() end)",
            "T(function(...) local t = {} function t.field() local x = nil; return x.y end function t:method() t.field() return 1 end t:method() end)",
            "P(function(...) local function f(n) if n == 0 then return debug.traceback(@, 1) end return (f(n - 1)) end return f(2) end)",
            "P(function(...) local function f(n) if n == 0 then S(debug.traceback('deep')) return @ end return f(n - 1) end return f(2) end)",
            "P(function(...) for level = 0, 4 do local i = debug.getinfo(level, 'Sn') if not i or i.what == 'main' then break end S(level, i.what, i.name, i.namewhat, i.short_src) end end)",
            "P(function(...) local f = function(a, b) return a end local i = debug.getinfo(f) S(i.what, i.linedefined, i.lastlinedefined, i.nups, i.source, i.func == f, i.name) local n = 0 for line in pairs(debug.getinfo(f, 'L').activelines) do n = n + 1 end S(n) end)",
            "P(function(...) local t = setmetatable({}, {__index = function(t, k) local i = debug.getinfo(1, 'n') S(i.name, i.namewhat) error(k, 2) end}) return t.x end)",
            "P(function(...) local names = {} debug.sethook(function(event) local i = debug.getinfo(2, 'n') names[#names + 1] = event .. ' ' .. tostring(i.name) end, 'cr') local x = math.floor(1.5) tostring(x) debug.sethook() S(table.concat(names, ', ')) end)",
        ]);
        self.filled(text)
    }

    fn protected(&mut self) -> Node {
        let handler = *self.random.pick(library::HANDLERS);
        let text = *self.random.pick(&[
            "P(function(...) return pcall(pcall, pcall, error, @) end)",
            "P(function(...) return pcall(function(...) local ok, e = pcall(error, @, 0) error(e, 0) end) end)",
            "P(function(...) return xpcall(function() error(@) end, HANDLER) end)",
            "P(function(...) return xpcall(function() local x = nil; x.y = 1 end, function(m) S(m) return xpcall(error, HANDLER, 1) end) end)",
            "P(function(...) return select('#', pcall(error)), pcall(error, nil), pcall(error, @) end)",
            "P(function(...) local function thrower(level) error('at ' .. level, level) end for level = 0, 3 do S(pcall(thrower, level)) S(pcall(function() thrower(level) return 1 end)) end end)",
            "P(function(...) local t = setmetatable({}, {__index = function(t, k) error('no ' .. tostring(k), 2) end, __call = function(self, ...) error(..., 2) end}) S(pcall(function() return t.x end)) S(pcall(t, 'called')) return t[@] end)",
            "P(function(...) return pcall(string.rep, @, @) end)",
            "P(function(...) return pcall(table.sort, {3, 1, @, 2}) end)",
            "P(function(...) return pcall(next, {}, @) end)",
            "P(function(...) return xpcall(@, HANDLER) end)",
            "P(function(...) local e = setmetatable({}, {__tostring = function() return @ end}) return pcall(error, e), pcall(tostring, e), pcall(print, e) end)",
        ]);
        let text = text.replace("HANDLER", handler);
        self.filled(&text)
    }

    fn mistake(&mut self) -> Node {
        let text = *self.random.pick(MISTAKES);
        let call = *self.random.pick(&["P(function(...) ", "T(function(...) "]);
        self.filled(&format!("{call}{text} end)"))
    }
}
