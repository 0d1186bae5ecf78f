//! The grammar that programs are made by.
//!
//! Programs end: loops count, functions call only what was declared before
//! them, metamethods touch no table with a metatable. What they print does not
//! depend on addresses or on the order in which tables keep strings.

use super::features::Features;
use super::library::{self, Call};
use super::random::Random;
use super::tree::Node;

/// What an expression had better be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Small,
    String,
    Sequence,
    Table,
    Function,
    Any,
}

/// Makes programs.
pub struct Grammar {
    pub(super) random: Random,
    pub(super) features: Features,
    calls: Vec<Call>,
    /// The local variables in sight, with what they hold at first.
    pub(super) locals: Vec<(String, Kind)>,
    /// How many names there were.
    names: usize,
    /// Whether a function around has `...`.
    vararg: bool,
    /// Whether a loop is around, within the same function.
    in_loop: bool,
    /// Whether the function runs in a coroutine.
    in_coroutine: bool,
}

const ARITHMETIC: &[&str] = &["+", "-", "*", "/", "%", "^"];
const BITWISE: &[&str] = &["//", "&", "|", "~", "<<", ">>"];
const COMPARISON: &[&str] = &["==", "~=", "<", "<=", ">", ">="];
const EVENTS: &[&str] = &[
    "__add",
    "__sub",
    "__mul",
    "__div",
    "__mod",
    "__pow",
    "__unm",
    "__concat",
    "__len",
    "__eq",
    "__lt",
    "__le",
    "__index",
    "__newindex",
    "__call",
    "__tostring",
    "__metatable",
    "__name",
    "__pairs",
    "__ipairs",
    "__mode",
];
const NEWER_EVENTS: &[&str] =
    &["__idiv", "__band", "__bor", "__bxor", "__shl", "__shr", "__bnot", "__close"];
const FIELDS: &[&str] = &["x", "y", "name", "n"];
/// Variables that the harness clears before each program.
const GLOBALS: &[&str] = &["g1", "g2", "g3"];

impl Grammar {
    /// A grammar of programs that depend on `seed`.
    pub fn new(features: Features, seed: u64) -> Grammar {
        Grammar {
            random: Random::new(seed),
            features,
            calls: library::calls(features),
            locals: Vec::new(),
            names: 0,
            vararg: true,
            in_loop: false,
            in_coroutine: false,
        }
    }

    /// The next program.
    pub fn program(&mut self) -> Node {
        self.locals.clear();
        self.names = 0;
        self.vararg = true;
        self.in_loop = false;
        self.in_coroutine = false;
        let count = 3 + self.random.below(12);
        let body = self.block(count, 3);
        Node::around(false, Node::statement("", vec![]), body, Node::statement("", vec![]))
    }

    pub(super) fn block(&mut self, count: usize, depth: usize) -> Vec<Node> {
        let visible = self.locals.len();
        let body = (0..count).map(|_| self.statement(depth)).collect();
        self.locals.truncate(visible);
        body
    }

    pub(super) fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn statement(&mut self, depth: usize) -> Node {
        let choice = self.random.below(if depth == 0 { 11 } else { 32 });
        match choice {
            0 => {
                let list = self.list(depth.min(1) + 1);
                Node::statement("S(@)", vec![list])
            }
            1..=4 => {
                let list = self.list(depth.min(2) + 1);
                Node::statement("P(function(...) return @ end, 1, 'two')", vec![list])
            }
            5 | 6 => self.local(depth),
            7 => self.assignment(depth),
            8 => {
                let call = self.call(depth.min(2));
                Node::statement("P(function(...) S(@) end)", vec![call])
            }
            9 => self.with_metatable(),
            10 => self.local_table(depth),
            11 | 12 => self.condition(depth),
            13 | 14 => self.numeric_loop(depth),
            15 => self.generic_loop(depth),
            16 => self.counted_loop(depth),
            17 | 18 => self.local_function(depth),
            19 => self.coroutine(depth),
            20 => self.traced(depth),
            21 => self.loaded(depth),
            22 => self.special(depth),
            23..=30 => self.idiom(depth),
            _ => {
                let inner = 1 + self.random.below(3);
                let body = self.block(inner, depth - 1);
                Node::around(
                    false,
                    Node::statement("do", vec![]),
                    body,
                    Node::statement("end", vec![]),
                )
            }
        }
    }

    fn local(&mut self, depth: usize) -> Node {
        let kind = *self.random.pick(&[
            Kind::Number,
            Kind::String,
            Kind::Any,
            Kind::Number,
            Kind::Sequence,
            Kind::Function,
        ]);
        let value = self.safe(kind, depth.min(2));
        let constant = self.features.from_5_4 && self.random.one_in(6);
        let (prefix, attrib) = if constant { ("q", " <const>") } else { ("v", "") };
        let name = self.fresh(prefix);
        self.locals.push((name.clone(), kind));
        Node::statement(&format!("local {name}{attrib} = @"), vec![value])
    }

    fn local_table(&mut self, depth: usize) -> Node {
        let value = self.constructor(depth.min(2));
        let name = self.fresh("t");
        self.locals.push((name.clone(), Kind::Table));
        Node::statement(&format!("local {name} = @"), vec![value])
    }

    fn assignment(&mut self, depth: usize) -> Node {
        let value = self.safe(Kind::Any, depth.min(2));
        match self.random.below(5) {
            0 => {
                let name = *self.random.pick(GLOBALS);
                Node::statement(&format!("{name} = @"), vec![value])
            }
            1 => {
                let (a, b) = (*self.random.pick(GLOBALS), *self.random.pick(GLOBALS));
                let other = self.expression(Kind::Any, 1);
                Node::statement(&format!("{a}, {b} = @, @"), vec![value, other])
            }
            2 => {
                let table = self.expression(Kind::Table, 0);
                let field = *self.random.pick(FIELDS);
                Node::statement(
                    &format!("P(function(...) (@).{field} = @ end)"),
                    vec![table, value],
                )
            }
            3 => {
                let table = self.expression(Kind::Table, 0);
                let key = self.expression(Kind::Any, 1);
                Node::statement("P(function(...) (@)[@] = @ end)", vec![table, key, value])
            }
            _ => match self.variable(Kind::Any).map(|name| name.text()) {
                // Others may be read-only, and then the whole program is refused.
                Some(name) if name.starts_with('v') => {
                    Node::statement(&format!("{name} = @"), vec![value])
                }
                _ => Node::statement("S(@)", vec![value]),
            },
        }
    }

    fn condition(&mut self, depth: usize) -> Node {
        let test = self.safe(Kind::Any, depth.min(2));
        let inner = 1 + self.random.below(2);
        let first = self.block(inner, depth - 1);
        let head = Node::statement("if @ then", vec![test]);
        if self.random.one_in(2) {
            return Node::around(false, head, first, Node::statement("end", vec![]));
        }
        let second = self.block(1, depth - 1);
        let tail = Node::around(
            false,
            Node::statement("else", vec![]),
            second,
            Node::statement("end", vec![]),
        );
        Node::around(false, head, first, tail)
    }

    /// A block inside a loop, which may leave it.
    fn loop_body(&mut self, depth: usize) -> Vec<Node> {
        let before = std::mem::replace(&mut self.in_loop, true);
        let inner = 1 + self.random.below(3);
        let mut body = self.block(inner, depth - 1);
        self.in_loop = before;
        if self.random.one_in(6) {
            let test = self.safe(Kind::Any, 1);
            body.push(Node::statement("if @ then break end", vec![test]));
        }
        if self.features.from_5_2 && self.random.one_in(8) {
            let label = self.fresh("l");
            let test = self.safe(Kind::Any, 1);
            let jump = Node::statement(&format!("if @ then goto {label} end"), vec![test]);
            let place = self.random.below(body.len() + 1);
            body.insert(place, jump);
            body.push(Node::statement(&format!("::{label}::"), vec![]));
        }
        body
    }

    fn numeric_loop(&mut self, depth: usize) -> Node {
        let edges = self.random.one_in(3);
        let bound = |grammar: &mut Grammar| {
            if edges {
                grammar.safe(Kind::Number, 1)
            } else {
                Node::leaf(*grammar.random.pick(&["1", "2", "3", "0"]))
            }
        };
        let (from, to) = (bound(self), bound(self));
        let step = bound(self);
        let name = self.fresh("i");
        let counter = self.fresh("c");
        let visible = self.locals.len();
        self.locals.push((name.clone(), Kind::Number));
        let mut body = vec![Node::statement(
            &format!("{counter} = {counter} + 1 if {counter} > 3 then break end"),
            vec![],
        )];
        body.extend(self.loop_body(depth));
        self.locals.truncate(visible);
        let head = if self.random.one_in(2) {
            Node::statement(&format!("local {counter} = 0 for {name} = @, @ do"), vec![from, to])
        } else {
            Node::statement(
                &format!("local {counter} = 0 for {name} = @, @, @ do"),
                vec![from, to, step],
            )
        };
        Node::around(false, head, body, Node::statement("end", vec![]))
    }

    fn generic_loop(&mut self, depth: usize) -> Node {
        let (a, b) = (self.fresh("k"), self.fresh("w"));
        let header = match self.random.below(6) {
            0 => {
                let value = self.safe(Kind::Sequence, 0);
                Node::expression("ipairs(@)", vec![value])
            }
            1 => Node::expression("pairs(@)", vec![Node::leaf("{10, 20, 30}")]),
            2 => {
                let text = self.safe(Kind::String, 0);
                let pattern = Node::leaf(*self.random.pick(library::PATTERNS));
                Node::expression("string.gmatch(@, @)", vec![text, pattern])
            }
            3 => {
                let value = self.safe(Kind::Any, 1);
                let body = format!(
                    "coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, {}) end end)",
                    "@"
                );
                Node::expression(&body, vec![value])
            }
            4 => Node::leaf("next, {1, 2}"),
            _ => self.safe(Kind::Any, 1),
        };
        let visible = self.locals.len();
        self.locals.push((a.clone(), Kind::Any));
        self.locals.push((b.clone(), Kind::Any));
        let counter = self.fresh("c");
        let mut body = vec![Node::statement(
            &format!("{counter} = {counter} + 1 if {counter} > 5 then break end"),
            vec![],
        )];
        body.extend(self.loop_body(depth));
        self.locals.truncate(visible);
        let head =
            Node::statement(&format!("local {counter} = 0 for {a}, {b} in @ do"), vec![header]);
        Node::around(false, head, body, Node::statement("end", vec![]))
    }

    fn counted_loop(&mut self, depth: usize) -> Node {
        let counter = self.fresh("c");
        self.locals.push((counter.clone(), Kind::Any));
        let limit = self.random.below(4);
        let body = self.loop_body(depth);
        self.locals.pop();
        let test = self.safe(Kind::Any, 1);
        let (head, tail) = match self.random.below(2) {
            0 => (
                format!(
                    "local {counter} = 0 while {counter} < {limit} do {counter} = {counter} + 1"
                ),
                Node::statement("end", vec![]),
            ),
            _ => (
                format!("local {counter} = 0 repeat {counter} = {counter} + 1"),
                Node::statement(&format!("until {counter} > {limit} or @"), vec![test]),
            ),
        };
        Node::around(false, Node::statement(&head, vec![]), body, tail)
    }

    /// The parameters and body of a function, from `(` to `end`.
    fn function_body(&mut self, depth: usize, coroutine: bool) -> Node {
        let (a, b) = (self.fresh("a"), self.fresh("b"));
        let vararg = self.random.one_in(3);
        let named = vararg && self.features.from_5_5 && self.random.one_in(3);
        let rest = if named { self.fresh("r") } else { String::new() };
        let before = (self.vararg, self.in_loop, self.in_coroutine);
        (self.vararg, self.in_loop, self.in_coroutine) = (vararg, false, coroutine);
        let visible = self.locals.len();
        self.locals.push((a.clone(), Kind::Any));
        self.locals.push((b.clone(), Kind::Any));
        if named {
            self.locals.push((rest.clone(), Kind::Table));
        }
        let inner = self.random.below(3);
        let mut body = self.block(inner, depth.saturating_sub(1));
        let result = self.list(depth.min(2));
        body.push(Node::statement("do return @ end", vec![result]));
        self.locals.truncate(visible);
        (self.vararg, self.in_loop, self.in_coroutine) = before;
        let dots = if vararg { format!(", ...{rest}") } else { String::new() };
        let head = Node::statement(&format!("({a}, {b}{dots})"), vec![]);
        Node::around(false, head, body, Node::statement("end", vec![]))
    }

    fn local_function(&mut self, depth: usize) -> Node {
        let body = self.function_body(depth, false);
        let name = self.fresh("f");
        let node = match self.random.below(4) {
            0 => Node::statement(&format!("local {name} = function@"), vec![body]),
            1 => {
                let global = *self.random.pick(GLOBALS);
                return Node::statement(&format!("function {global}@"), vec![body]);
            }
            2 => {
                // A table with a method.
                let field = *self.random.pick(FIELDS);
                self.locals.push((name.clone(), Kind::Table));
                let argument = self.expression(Kind::Any, 1);
                return Node::statement(
                    &format!(
                        "local {name} = {{x = 1}} function {name}:{field}@ P(function(...) return {name}:{field}(@) end)"
                    ),
                    vec![body, argument],
                );
            }
            _ => Node::statement(&format!("local function {name}@"), vec![body]),
        };
        self.locals.push((name, Kind::Function));
        node
    }

    fn coroutine(&mut self, depth: usize) -> Node {
        let body = self.function_body(depth, true);
        let name = self.fresh("co");
        self.locals.push((name.clone(), Kind::Any));
        let (first, second) = (self.safe(Kind::Any, 1), self.safe(Kind::Any, 0));
        let mut text = format!(
            "local {name} = coroutine.create(function@) S(coroutine.resume({name}, @)) S(coroutine.resume({name}, @)) S(coroutine.status({name}))"
        );
        if self.features.from_5_4 && self.random.one_in(3) {
            text.push_str(&format!(" S(coroutine.close({name}))"));
        }
        if self.random.one_in(3) {
            text.push_str(&format!(" S(debug.traceback({name}))"));
        }
        Node::statement(&text, vec![body, first, second])
    }

    fn traced(&mut self, depth: usize) -> Node {
        let value = self.list(depth.min(2) + 1);
        match self.random.below(3) {
            0 => Node::statement("T(function(...) return @ end)", vec![value]),
            1 => Node::statement("T(function(...) local x = @ return x end)", vec![value]),
            _ => {
                let kind = self.expression(Kind::Any, 1);
                let level = *self.random.pick(&["", ", 0", ", 1", ", 2", ", 3"]);
                Node::statement(&format!("T(function(...) error(@{level}) end)"), vec![kind])
            }
        }
    }

    fn loaded(&mut self, depth: usize) -> Node {
        // A program in the program: its errors have another chunk name, and its
        // syntax may be wrong.
        let wrong = *self.random.pick(&[
            "return @",
            "local x <const> = @",
            "x = = @",
            "goto y",
            "break",
            "for i = 1 do end",
            "return @ return",
            "local function f() @ end",
            "f(@",
            "::a:: ::a::",
            "x = @ y = 2",
            "local t = {@,",
            "if @ then else end",
            "a.b:c(@).d = 1",
            "(@) = 1",
            "return ...",
            "@",
            "x, y = @",
            "return function() return @ end",
            "for k in @ do end",
            "global x = @",
            "local x <close> = @",
            "return 'a\\q'",
            "return 0x",
            "return 3..2",
            "return [[",
            "global x = @ return x",
            "global x; y = 1",
            "global <const> x = 1 x = 2",
            "global function f() return @ end return f()",
            "global * return @",
            "global <const> * x = 1",
            "local global = 1 return global",
            "return 'abc",
            "--[[",
            "x = }",
            "return ~@",
            "return @ // 2",
            "local a <foo> = 1",
        ]);
        let value = self.expression(Kind::Any, depth.min(1));
        let source = wrong.replace('@', &value.text());
        Node::statement(&format!("L([==[{}]==])", source.replace("]==]", "")), vec![])
    }

    fn special(&mut self, depth: usize) -> Node {
        let value = self.expression(Kind::Any, 1);
        let other = self.expression(Kind::Any, 1);
        let f = self.features;
        match self.random.below(6) {
            0 if f.from_5_4 => {
                let name = self.fresh("z");
                let body = self.block(1, depth - 1);
                let head = Node::statement(
                    &format!(
                        "P(function(...) local {name} <close> = setmetatable({{}}, {{__close = function(_, e, ...) S('closed', e, @) end}})"
                    ),
                    vec![value],
                );
                Node::around(false, head, body, Node::statement("end)", vec![]))
            }
            1 if f.from_5_2 => Node::statement(
                "P(function(...) local _ENV = {x = @, S = S} S(x, y) y = @ S(y) return z.w end)",
                vec![value, other],
            ),
            2 if f.from_5_2 => Node::statement(
                "P(function(...) for k, v in pairs(setmetatable({}, {__pairs = function(...) return next, {@} end})) do S(k, v) end return @ end)",
                vec![value, other],
            ),
            3 if f.only_5_1 => Node::statement(
                "P(function(...) local f = function(...) return x, @ end setfenv(f, {x = @}) return f() end)",
                vec![Node::leaf("1"), value],
            ),
            _ => Node::statement(
                "P(function(...) local n = 0 local function f(a, ...) n = n + 1 if n > 3 then return a, @ end return f(@) end return f(1) end)",
                vec![value, other],
            ),
        }
    }

    fn with_metatable(&mut self) -> Node {
        let count = 1 + self.random.below(4);
        let mut fields = String::new();
        let mut parts = Vec::new();
        for _ in 0..count {
            let event = if self.features.from_5_3 && self.random.one_in(4) {
                *self.random.pick(NEWER_EVENTS)
            } else {
                *self.random.pick(EVENTS)
            };
            fields.push_str(event);
            let handler = match self.random.below(9) {
                0 => "nil",
                1 => "{x = @}",
                2 => "function(a, b) error(@) end",
                3 => "'text'",
                4 => "function(a, b) return type(a), type(b) end",
                5 => "function(...) return select('#', ...) end",
                6 => "rawequal",
                _ => "function(a, b) return @ end",
            };
            if handler.contains('@') {
                let leaf = self.leaf(Kind::Any, true);
                parts.push(leaf);
            }
            fields.push_str(&format!(" = {handler}, "));
        }
        let name = self.fresh("m");
        let content = *self.random.pick(&["", "1, 2, 3", "x = 1", "5"]);
        self.locals.push((name.clone(), Kind::Table));
        Node::statement(&format!("local {name} = setmetatable({{{content}}}, {{{fields}}})"), parts)
    }

    /// One to three expressions.
    fn list(&mut self, depth: usize) -> Node {
        let count = 1 + self.random.below(3);
        let parts: Vec<Node> = (0..count).map(|_| self.expression(Kind::Any, depth)).collect();
        Node::expression(&vec!["@"; count].join(", "), parts)
    }

    fn kind_of(letter: u8) -> Kind {
        match letter.to_ascii_lowercase() {
            b'n' => Kind::Number,
            b'i' => Kind::Small,
            b's' => Kind::String,
            b'q' => Kind::Sequence,
            b't' => Kind::Table,
            b'f' => Kind::Function,
            _ => Kind::Any,
        }
    }

    fn call(&mut self, depth: usize) -> Node {
        let (name, kinds) = *self.random.pick(&self.calls);
        let mut parts = Vec::new();
        let mut template = String::new();
        for letter in kinds.bytes().filter(u8::is_ascii_alphabetic) {
            if letter.is_ascii_uppercase() && self.random.one_in(2) {
                break;
            }
            let list = match letter.to_ascii_lowercase() {
                b'p' => Some(library::PATTERNS),
                b'r' => Some(library::REPLACEMENTS),
                b'm' => Some(library::FORMATS),
                b'k' => Some(library::PACKING),
                b'h' => Some(library::HANDLERS),
                _ => None,
            };
            let part = match list {
                Some(list) => Node::leaf(*self.random.pick(list)),
                // Sizes and positions stay small, lest a call takes forever.
                None if letter.eq_ignore_ascii_case(&b'i') => {
                    Node::leaf(*self.random.pick(library::SMALL))
                }
                None => self.expression(Self::kind_of(letter), depth.saturating_sub(1)),
            };
            template.push_str(if template.is_empty() { "@" } else { ", @" });
            parts.push(part);
        }
        if self.random.one_in(25) {
            parts.pop();
            template = vec!["@"; parts.len()].join(", ");
        }
        if name.starts_with("string.")
            && kinds.starts_with('s')
            && self.random.one_in(4)
            && !parts.is_empty()
        {
            let arguments = vec!["@"; parts.len() - 1].join(", ");
            let method = name.trim_start_matches("string.");
            return Node::expression(&format!("(@):{method}({arguments})"), parts);
        }
        Node::expression(&format!("{name}({template})"), parts)
    }

    fn constructor(&mut self, depth: usize) -> Node {
        let mut template = Vec::new();
        let mut parts = Vec::new();
        for _ in 0..self.random.below(4) {
            template.push("@".to_string());
            parts.push(self.leaf(Kind::Number, true));
        }
        for _ in 0..self.random.below(3) {
            let field = *self.random.pick(FIELDS);
            template.push(format!("{field} = @"));
            parts.push(self.safe(Kind::Any, depth.saturating_sub(1)));
        }
        if self.random.one_in(6) {
            template.push("[@] = @".to_string());
            parts.push(self.safe(Kind::String, depth.saturating_sub(1)));
            parts.push(self.safe(Kind::Any, 0));
        }
        Node::expression(&format!("{{{}}}", template.join(", ")), parts)
    }

    fn variable(&mut self, kind: Kind) -> Option<Node> {
        let fitting: Vec<String> = self
            .locals
            .iter()
            .filter(|(_, k)| {
                kind == Kind::Any || *k == kind || (kind == Kind::Table && *k == Kind::Sequence)
            })
            .map(|(name, _)| name.clone())
            .collect();
        if fitting.is_empty() {
            return None;
        }
        Some(Node::leaf(self.random.pick(&fitting).clone()))
    }

    fn leaf(&mut self, kind: Kind, constant: bool) -> Node {
        if !constant
            && self.random.one_in(2)
            && let Some(variable) = self.variable(kind)
        {
            return variable;
        }
        let f = self.features;
        let text: &str = match kind {
            Kind::Number if f.from_5_3 && self.random.one_in(4) => {
                self.random.pick::<&str>(library::INTEGERS)
            }
            Kind::Number => self.random.pick::<&str>(library::NUMBERS),
            Kind::Small => self.random.pick::<&str>(library::SMALL),
            Kind::String if f.from_5_2 && self.random.one_in(8) => {
                self.random.pick::<&str>(library::NEWER_STRINGS)
            }
            Kind::String => self.random.pick::<&str>(library::STRINGS),
            Kind::Sequence => self.random.pick::<&str>(&[
                "{}",
                "{1, 2, 3}",
                "{'b', 'a', 'c'}",
                "{3, 1, 2}",
                "{1, 'x', 2.5}",
                "{5}",
                "{{}, 1}",
                "{true, false}",
                "{2, 1, 'x'}",
                "{0.1, -0.0}",
            ]),
            Kind::Table => {
                self.random.pick::<&str>(&["{}", "{x = 1}", "{1, 2, x = 'y'}", "{n = 3}"])
            }
            Kind::Function => self.random.pick::<&str>(&[
                "print",
                "function(a, b) return a, b end",
                "function(a, b) return a < b end",
                "function(...) return ... end",
                "string.upper",
                "tostring",
                "error",
                "select",
                "function(a) return a.x.y end",
                "math.floor",
                "function(a) return a + 1 end",
            ]),
            Kind::Any => {
                let kinds = [
                    Kind::Number,
                    Kind::String,
                    Kind::Number,
                    Kind::Sequence,
                    Kind::Table,
                    Kind::Function,
                ];
                return match self.random.below(10) {
                    0 => Node::leaf("nil"),
                    1 => Node::leaf("true"),
                    2 => Node::leaf("false"),
                    3 if !constant => Node::leaf(*self.random.pick(GLOBALS)),
                    4 if self.vararg && !constant => {
                        Node::leaf(*self.random.pick(&["...", "(...)", "select('#', ...)"]))
                    }
                    _ => {
                        let kind = *self.random.pick(&kinds);
                        self.leaf(kind, constant)
                    }
                };
            }
        };
        if text == "print" && constant { Node::leaf("tostring") } else { Node::leaf(text) }
    }

    pub(super) fn expression(&mut self, kind: Kind, depth: usize) -> Node {
        // Now and then something else than what is wanted.
        let kind = if self.random.one_in(9) { Kind::Any } else { kind };
        if depth == 0 {
            return self.leaf(kind, false);
        }
        if self.in_coroutine && self.random.one_in(5) {
            let value = self.expression(Kind::Any, depth - 1);
            return Node::expression("coroutine.yield(@)", vec![value]);
        }
        match (kind, self.random.below(12)) {
            (_, 0) => self.leaf(kind, false),
            (Kind::Number | Kind::Small | Kind::Any, 1..=4) => self.arithmetic(depth),
            (Kind::String, 1..=3) => {
                let (a, b) = (self.operand(Kind::String, depth), self.operand(Kind::Any, depth));
                Node::expression("(@ .. @)", vec![a, b])
            }
            (Kind::Sequence | Kind::Table, 1..=5) => self.constructor(depth),
            (Kind::Function, 1..=7) => {
                let body = self.function_body(depth.min(1), false);
                Node::expression("(function@)", vec![body])
            }
            (_, 5) => {
                let kind = *self.random.pick(&[Kind::Number, Kind::String, Kind::Any]);
                let (a, b) = (self.operand(kind, depth), self.operand(kind, depth));
                let operator = *self.random.pick(COMPARISON);
                Node::expression(&format!("(@ {operator} @)"), vec![a, b])
            }
            (_, 6) => {
                let (a, b) = (self.expression(kind, depth - 1), self.expression(kind, depth - 1));
                let operator = *self.random.pick(&["and", "or"]);
                Node::expression(&format!("(@ {operator} @)"), vec![a, b])
            }
            (_, 7) => self.unary(depth),
            (_, 8) => {
                let table = self.operand(Kind::Table, depth);
                if self.random.one_in(2) {
                    let field = *self.random.pick(FIELDS);
                    return Node::expression(&format!("(@).{field}"), vec![table]);
                }
                let key = self.expression(Kind::Any, 0);
                Node::expression("(@)[@]", vec![table, key])
            }
            (_, 9) => {
                let function = self.operand(Kind::Function, depth);
                let (a, b) = (self.expression(Kind::Any, 0), self.expression(Kind::Any, 0));
                match self.random.below(3) {
                    0 => Node::expression("(@)(@, @)", vec![function, a, b]),
                    1 => Node::expression("((@)(@))", vec![function, a]),
                    _ => match self.variable(Kind::Table) {
                        Some(table) => {
                            let field = *self.random.pick(FIELDS);
                            Node::expression(&format!("@:{field}(@)"), vec![table, a])
                        }
                        None => Node::expression("(@)(@)", vec![function, a]),
                    },
                }
            }
            _ => self.call(depth),
        }
    }

    /// An expression that seldom ends the program: its error is its value.
    fn safe(&mut self, kind: Kind, depth: usize) -> Node {
        let value = self.expression(kind, depth);
        if self.random.one_in(6) || value.pieces.len() == 1 {
            return value;
        }
        let rest = if self.vararg { ", ..." } else { "" };
        Node::expression(&format!("V(function(...) return @ end{rest})"), vec![value])
    }

    fn operand(&mut self, kind: Kind, depth: usize) -> Node {
        self.expression(kind, depth - 1)
    }

    fn arithmetic(&mut self, depth: usize) -> Node {
        let operator = if self.features.from_5_3 && self.random.one_in(3) {
            *self.random.pick(BITWISE)
        } else {
            *self.random.pick(ARITHMETIC)
        };
        let (a, b) = (self.operand(Kind::Number, depth), self.operand(Kind::Number, depth));
        Node::expression(&format!("(@ {operator} @)"), vec![a, b])
    }

    fn unary(&mut self, depth: usize) -> Node {
        let operator = match self.random.below(if self.features.from_5_3 { 4 } else { 3 }) {
            0 => "- ",
            1 => "not ",
            2 => "#",
            _ => "~",
        };
        let kind = if operator == "#" { Kind::Sequence } else { Kind::Number };
        let a = self.operand(kind, depth);
        Node::expression(&format!("({operator}@)"), vec![a])
    }
}
