//! Variables and what names refer to.

use super::{Exp, Parsed, Parser};
use crate::error::Raised;
use crate::token::Token;
use crate::tree::{Literal, Node, Upvalue};
use perilune_bytecode::{Symbol, UpvalueKind};

/// Local variables of a function.
const MAX_LOCALS: usize = 200;
/// The same with those that a dialect has no name for: their numbers fit a byte.
const MAX_NUMBERED: usize = 250;

/// A local variable.
#[derive(Clone, Copy)]
pub(super) struct Local {
    pub name: Symbol,
    pub kind: UpvalueKind,
    /// Its value, if it is a compile-time constant.
    constant: Literal,
    /// The number of variables with a register in its function, from the first
    /// one to this.
    level: u32,
    /// The node that declares it, those handed on counted.
    node: usize,
    /// The binding of its name outside its scope.
    shadowed: Binding,
}

/// A declaration of a global variable, or of all that are not declared
/// otherwise.
#[derive(Clone, Copy)]
pub(super) struct Global {
    /// `None` for all.
    pub name: Option<Symbol>,
    constant: bool,
    /// The number of local variables in scope where it stands.
    pub locals: usize,
    /// The innermost declaration of all, this one included.
    collective: Option<u32>,
    shadowed: Binding,
}

/// What a name means.
#[derive(Clone, Copy, Default)]
pub(super) enum Binding {
    /// It is not declared.
    #[default]
    Free,
    /// The local variable of this index.
    Local(u32),
    /// The global variable of this declaration.
    Global(u32),
}

impl Parser<'_, '_> {
    /// A new variable, not in scope yet.
    pub(super) fn new_local(&mut self, name: Symbol) -> Parsed<()> {
        let numbered = self.locals.len() + 1 - self.function().first_local;
        let late = self.dialect.locals_counted_in_scope;
        let counted = if late { 0 } else { numbered - self.function().uncounted };
        if counted > MAX_LOCALS || numbered > MAX_NUMBERED {
            return Err(self.too_many_locals());
        }
        let local = Local {
            name,
            kind: UpvalueKind::Regular,
            constant: Literal::Nil,
            level: 0,
            node: 0,
            shadowed: Binding::Free,
        };
        Ok(self.lexer.account.push(&mut self.locals, local)?)
    }

    #[cold]
    fn too_many_locals(&mut self) -> Raised {
        let function = self.functions.len() - 1;
        self.limit_error(function, "local variables", MAX_LOCALS)
    }

    /// Brings the next `count` variables into scope, each with a declaration.
    pub(super) fn activate(&mut self, count: usize) -> Parsed<()> {
        for _ in 0..count {
            let local = self.bring_into_scope()?;
            self.count_in_scope(local)?;
            let name = self.locals[local].name;
            self.push(Node::Declare { name, closes: false })?;
            self.locals[local].node = self.handed_on + self.nodes.len() - 1;
        }
        Ok(())
    }

    /// Brings the next variable into scope as a constant.
    pub(super) fn activate_constant(&mut self, value: Literal) -> Parsed<()> {
        let local = self.bring_into_scope()?;
        let local = &mut self.locals[local];
        local.kind = UpvalueKind::CompileTimeConstant;
        local.constant = value;
        local.level -= 1;
        self.push(Node::DeclareConstant)
    }

    /// Brings the next `count` variables into scope, declared by the next node.
    pub(super) fn activate_with(&mut self, count: usize) -> Parsed<()> {
        for _ in 0..count {
            let local = self.bring_into_scope()?;
            self.count_in_scope(local)?;
            // A node for the line may come first.
            let next = self.nodes.len() + usize::from(self.node_line != self.last_line);
            self.locals[local].node = self.handed_on + next;
        }
        Ok(())
    }

    /// Refuses a variable that is one too many in scope, where that counts.
    fn count_in_scope(&mut self, local: usize) -> Parsed<()> {
        let registers = self.locals[local].level as usize - self.function().uncounted;
        if self.dialect.locals_counted_in_scope && registers > MAX_LOCALS {
            return Err(self.too_many_locals());
        }
        Ok(())
    }

    fn bring_into_scope(&mut self) -> Parsed<usize> {
        let function = self.function();
        let index = function.first_local + function.active;
        let level = self.level(function.active) + 1;
        self.function_mut().active += 1;
        let shadowed = self.bind(self.locals[index].name, Binding::Local(index as u32))?;
        let local = &mut self.locals[index];
        local.level = level;
        local.shadowed = shadowed;
        Ok(index)
    }

    /// Gives a name another meaning; answers the one it had.
    fn bind(&mut self, name: Symbol, binding: Binding) -> Parsed<Binding> {
        let slot = name.0 as usize;
        if slot >= self.bindings.len() {
            let size = (slot + 1).max(2 * self.bindings.len());
            let more = size - self.bindings.len();
            self.lexer.account.grow(&mut self.bindings, more)?;
            self.bindings.resize(size, Binding::Free);
        }
        Ok(std::mem::replace(&mut self.bindings[slot], binding))
    }

    /// Declares a global variable, or all that are not declared otherwise.
    pub(super) fn declare_global(&mut self, name: Option<Symbol>, constant: bool) -> Parsed<()> {
        let index = self.globals.len() as u32;
        let shadowed = match name {
            Some(name) => self.bind(name, Binding::Global(index))?,
            None => Binding::Free,
        };
        let collective = match name {
            Some(_) => self.globals.last().and_then(|global| global.collective),
            None => Some(index),
        };
        let locals = self.locals.len();
        let global = Global { name, constant, locals, collective, shadowed };
        Ok(self.lexer.account.push(&mut self.globals, global)?)
    }

    /// Ends the scope of all but the first `remaining` variables of the
    /// function and the first `globals` declarations, the last one first.
    pub(super) fn end_scopes(&mut self, remaining: usize, globals: usize) {
        let first = self.function().first_local;
        loop {
            if self.globals.len() > globals
                && self.globals.last().is_some_and(|global| global.locals >= self.locals.len())
            {
                if let Some(Global { name: Some(name), shadowed, .. }) = self.globals.pop() {
                    self.bindings[name.0 as usize] = shadowed;
                }
            } else if self.function().active > remaining {
                self.function_mut().active -= 1;
                if let Some(local) = self.locals.pop() {
                    self.bindings[local.name.0 as usize] = local.shadowed;
                }
            } else {
                break;
            }
        }
        debug_assert_eq!(self.locals.len(), first + remaining);
    }

    /// The number of registers that the function's first `variables` variables
    /// take.
    pub(super) fn level(&self, variables: usize) -> u32 {
        match variables {
            0 => 0,
            n => self.locals[self.function().first_local + n - 1].level,
        }
    }

    /// Declares how the variable of this index is to be treated.
    pub(super) fn set_kind(&mut self, local: usize, kind: UpvalueKind) {
        self.locals[local].kind = kind;
    }

    /// The variable of this number in the function is to be closed.
    pub(super) fn mark_to_be_closed(&mut self, variable: usize) -> Parsed<()> {
        let local = self.function().first_local + variable;
        self.mark_closing(local);
        self.mark_block_to_be_closed();
        self.push(Node::ToBeClosed(variable as u8))
    }

    /// Tells the node that declares a variable that the variable is captured or
    /// to be closed.
    fn mark_closing(&mut self, local: usize) {
        match self.declaration(local) {
            Some(Node::Declare { closes, .. }) => *closes = true,
            Some(Node::NumericFor { own, closes, .. }) => (*own, *closes) = (true, true),
            _ => {}
        }
    }

    /// The node that declares a variable, unless it was handed on.
    fn declaration(&mut self, local: usize) -> Option<&mut Node> {
        let index = self.locals[local].node.checked_sub(self.handed_on)?;
        self.nodes.get_mut(index)
    }

    /// Reads the name of a variable, and pushes the variable.
    pub(super) fn variable(&mut self) -> Parsed<Exp> {
        let name = self.name()?;
        if let Some(exp) = self.resolve(name)? {
            return self.push_variable(exp);
        }
        let constant = self.is_constant_global(name)?;
        self.global_variable(name)?;
        Ok(if constant { Exp::ConstantGlobal(name) } else { Exp::Indexed })
    }

    /// Whether an undeclared name or that of a global variable is a constant.
    fn is_constant_global(&mut self, name: Symbol) -> Parsed<bool> {
        let Some(last) = self.globals.last() else {
            return Ok(false);
        };
        let index = match self.bindings.get(name.0 as usize) {
            Some(&Binding::Global(index)) => Some(index),
            _ => last.collective,
        };
        match index {
            Some(index) => Ok(self.globals[index as usize].constant),
            None => {
                let name = self.symbol(name)?;
                Err(self.semantic_error(&[b"variable '", &name, b"' not declared"]))
            }
        }
    }

    /// Pushes a global variable: a field of `_ENV`, which may be any kind of
    /// variable but a global one.
    pub(super) fn global_variable(&mut self, name: Symbol) -> Parsed<()> {
        match self.resolve(self.env)? {
            Some(Exp::Upvalue(upvalue)) => self.push(Node::Global { upvalue, name })?,
            Some(env) => {
                let env = self.push_variable(env)?;
                self.materialize(env)?;
                self.push(Node::Field { name, line: self.last_line })?;
            }
            None => {
                let (env, name) = (self.symbol(self.env)?, self.symbol(name)?);
                let parts = [&env, b" is global when accessing variable '".as_slice(), &name, b"'"];
                return Err(self.semantic_error(&parts));
            }
        }
        Ok(())
    }

    fn push_variable(&mut self, exp: Exp) -> Parsed<Exp> {
        match exp {
            Exp::Local(number) => {
                // Its fields can be read without a table.
                if !matches!(self.token, Token::Char(b'.' | b'[')) {
                    self.use_vararg_table(exp);
                }
                self.push(Node::Local(number))?;
            }
            Exp::Upvalue(number) => self.push(Node::Upvalue(number))?,
            _ => {}
        }
        Ok(exp)
    }

    /// What a name refers to; `None` for a global.
    #[inline]
    fn resolve(&mut self, name: Symbol) -> Parsed<Option<Exp>> {
        let top = self.functions.len() - 1;
        let index = match self.bindings.get(name.0 as usize) {
            Some(&Binding::Local(index)) => index as usize,
            Some(Binding::Global(_)) => return Ok(None),
            _ if name != self.env => return Ok(None),
            _ => return Ok(Some(Exp::Upvalue(self.upvalue(top, name, None)?))),
        };
        let local = &self.locals[index];
        if local.kind == UpvalueKind::CompileTimeConstant {
            return Ok(Some(Exp::Constant(name, local.constant)));
        }
        let first = self.functions[top].first_local;
        if index >= first {
            return Ok(Some(Exp::Local((index - first) as u8)));
        }
        Ok(Some(Exp::Upvalue(self.upvalue(top, name, Some(index))?)))
    }

    /// The number of the upvalue of this name in a function, added to it and
    /// the functions between if it is new. It is the variable of index `local`,
    /// or the `_ENV` of the main function.
    fn upvalue(&mut self, function: usize, name: Symbol, local: Option<usize>) -> Parsed<u8> {
        let known = self.functions[function].upvalues.iter().position(|u| u.name == name);
        if let Some(number) = known {
            return Ok(number as u8);
        }
        // The main function has its only upvalue from the beginning.
        let outer = function - 1;
        let first = self.functions[outer].first_local;
        let upvalue = match local {
            Some(index) if index >= first => {
                self.capture(outer, index);
                let kind = self.locals[index].kind;
                Upvalue { name, in_stack: true, index: (index - first) as u8, kind }
            }
            _ => {
                let index = self.upvalue(outer, name, local)?;
                let kind = self.functions[outer].upvalues[usize::from(index)].kind;
                Upvalue { name, in_stack: false, index, kind }
            }
        };
        let limit = usize::from(self.dialect.max_upvalues);
        let hidden = usize::from(self.dialect.function_environments);
        if self.functions[function].upvalues.len() >= limit + hidden {
            return Err(self.limit_error(function, "upvalues", limit));
        }
        let account = self.lexer.account;
        let upvalues = &mut self.functions[function].upvalues;
        account.push(upvalues, upvalue)?;
        Ok((upvalues.len() - 1) as u8)
    }

    /// The variable declared last has a value that does not change.
    pub(super) fn make_constant(&mut self) {
        if let Some(local) = self.locals.last_mut() {
            local.kind = UpvalueKind::Const;
        }
    }

    /// A function inside `function` captures one of its variables.
    fn capture(&mut self, function: usize, local: usize) {
        self.mark_closing(local);
        let variable = local - self.functions[function].first_local;
        let table = self.functions[function].vararg_table;
        if self.dialect.named_vararg_table
            && table.is_some_and(|table| usize::from(table.variable) == variable)
        {
            self.need_vararg_table(function);
        }
        self.mark_block_captured(function, variable);
    }

    /// Checks that `exp` may be assigned to, and notes that it is.
    pub(super) fn assign_to(&mut self, exp: Exp) -> Parsed<()> {
        let read_only = match exp {
            Exp::Constant(name, _) | Exp::ConstantGlobal(name) => Some(name),
            Exp::Local(number) => {
                let index = self.function().first_local + usize::from(number);
                let local = self.locals[index];
                if let Some(Node::NumericFor { own, .. }) = self.declaration(index) {
                    *own = true;
                }
                (local.kind != UpvalueKind::Regular).then_some(local.name)
            }
            Exp::Upvalue(number) => {
                let upvalue = self.function().upvalues[usize::from(number)];
                (upvalue.kind != UpvalueKind::Regular).then_some(upvalue.name)
            }
            Exp::IndexedVararg => {
                self.need_vararg_table(self.functions.len() - 1);
                None
            }
            _ => None,
        };
        match read_only {
            Some(name) => {
                let name = self.symbol(name)?;
                Err(self.semantic_error(&[b"attempt to assign to const variable '", &name, b"'"]))
            }
            None => Ok(()),
        }
    }
}
