//! A generated program as a tree, which can be made smaller step by step.

/// A statement or an expression: texts with other nodes between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Whether it may stand where an expression may.
    pub is_expression: bool,
    /// What it is made of.
    pub pieces: Vec<Piece>,
}

/// A part of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// One node.
    Node(Node),
    /// Statements, of which each may be left out.
    Block(Vec<Node>),
}

impl Node {
    /// An expression of one text.
    pub fn leaf(text: impl Into<String>) -> Node {
        Node { is_expression: true, pieces: vec![Piece::Text(text.into())] }
    }

    /// An expression written as `template`, in which every `@` stands for one
    /// of `parts`, in their order.
    pub fn expression(template: &str, parts: Vec<Node>) -> Node {
        Node { is_expression: true, pieces: fill(template, parts) }
    }

    /// A statement written in the same way.
    pub fn statement(template: &str, parts: Vec<Node>) -> Node {
        Node { is_expression: false, pieces: fill(template, parts) }
    }

    /// A statement, or an expression such as a function, around statements.
    pub fn around(is_expression: bool, head: Node, body: Vec<Node>, tail: Node) -> Node {
        let pieces = vec![Piece::Node(head), Piece::Block(body), Piece::Node(tail)];
        Node { is_expression, pieces }
    }

    /// The source.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Node(node) => node.write(out),
                Piece::Block(nodes) => {
                    out.push('\n');
                    for node in nodes {
                        node.write(out);
                        out.push('\n');
                    }
                }
            }
        }
    }

    /// All programs that are one step smaller: a statement is left out or
    /// replaced by what is inside it, an expression by a part of it.
    pub fn smaller(&self) -> Vec<Node> {
        let mut all = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            let with = |piece: Piece| {
                let mut copy = self.clone();
                copy.pieces[index] = piece;
                copy
            };
            match piece {
                Piece::Text(_) => {}
                Piece::Block(nodes) => {
                    let blocks = smaller_blocks(nodes).into_iter();
                    all.extend(blocks.map(|nodes| with(Piece::Block(nodes))));
                }
                Piece::Node(node) => {
                    let replacements = node.replacements().into_iter().chain(node.smaller());
                    all.extend(replacements.map(|node| with(Piece::Node(node))));
                }
            }
        }
        all
    }

    /// What an expression may be replaced by: its parts.
    fn replacements(&self) -> Vec<Node> {
        if !self.is_expression {
            return Vec::new();
        }
        let parts = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Node(node) if node.is_expression => Some(node.clone()),
            _ => None,
        });
        parts.collect()
    }
}

/// Statements of which one is missing, unwrapped or smaller.
fn smaller_blocks(nodes: &[Node]) -> Vec<Vec<Node>> {
    let mut all = Vec::new();
    // Halves first, for most of a program has nothing to do with what is sought.
    if nodes.len() > 3 {
        let middle = nodes.len() / 2;
        all.push(nodes[middle..].to_vec());
        all.push(nodes[..middle].to_vec());
    }
    for index in (0..nodes.len()).rev() {
        let mut copy = nodes.to_vec();
        copy.remove(index);
        all.push(copy);
    }
    for (index, node) in nodes.iter().enumerate() {
        for piece in &node.pieces {
            if let Piece::Block(inner) = piece {
                let mut copy = nodes.to_vec();
                copy.splice(index..=index, inner.iter().cloned());
                all.push(copy);
            }
        }
        for node in node.smaller() {
            let mut copy = nodes.to_vec();
            copy[index] = node;
            all.push(copy);
        }
    }
    all
}

fn fill(template: &str, parts: Vec<Node>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut parts = parts.into_iter();
    for (index, text) in template.split('@').enumerate() {
        if index > 0 {
            pieces.extend(parts.next().map(Piece::Node));
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_string()));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_become_smaller() {
        let sum = Node::expression("(@ + @)", vec![Node::leaf("a"), Node::leaf("b")]);
        let inner = Node::statement("print(@)", vec![sum]);
        let block = Node::around(
            false,
            Node::statement("do", vec![]),
            vec![inner, Node::statement("x()", vec![])],
            Node::statement("end", vec![]),
        );
        assert_eq!(block.text(), "do\nprint((a + b))\nx()\nend");
        let texts: Vec<String> = block.smaller().iter().map(Node::text).collect();
        assert_eq!(
            texts,
            [
                "do\nprint((a + b))\nend",
                "do\nx()\nend",
                "do\nprint(a)\nx()\nend",
                "do\nprint(b)\nx()\nend"
            ]
        );
    }
}
