//! The instruction set of Perilune: the one list of opcodes, the instruction
//! word, prototypes as plain data, the verifier of foreign bytecode, the binary
//! chunk format and listings.
//!
//! Nothing in here knows of values or heap objects: a [`Chunk`] is what the
//! compiler makes and what the virtual machine loads. Of dialects it knows the
//! headers of binary chunks only.
#![forbid(unsafe_code)]

pub mod chunk_format;
mod dump;
mod instruction;
mod listing;
pub mod names;
mod op;
mod prototype;
mod symbols;
#[cfg(test)]
mod test_support;
mod undump;
mod verify;

pub use chunk_format::ChunkFormat;
pub use dump::{SIGNATURE, dump};
pub use instruction::{Instruction, MAX_JUMP, NO_CACHE};
pub use listing::listing;
pub use names::{
    FinalizerNames, FunctionView, HookNames, MetamethodNames, NameRules, ObjectName, Operand,
    PrototypeView, active_local, called_name, event, object_name, operand_name, operands,
    upvalue_name,
};
pub use op::{Format, Op};
pub use prototype::{
    Chunk, Constant, LineInfo, LocalVariable, Prototype, UpvalueDescription, UpvalueKind,
};
pub use symbols::{OutOfMemory, Symbol, Symbols};
pub use undump::{UndumpError, undump};
pub use verify::{MAX_KEY_LENGTH, MAX_NESTING, MAX_UPVALUES, Rule, VerifyError, verify};
