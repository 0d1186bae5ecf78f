//! `chunk!`: Lua code among Rust code.
//!
//! Rust's tokens are put together again as they stand in the source, so that
//! lines and gaps are those of the source.

use proc_macro2::{Delimiter, Ident, LineColumn, Spacing, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Error, Result};

pub(crate) fn expand(input: proc_macro::TokenStream) -> Result<TokenStream> {
    let mut tokens = TokenStream::from(input).into_iter();
    // `$crate` and the comma.
    let root = tokens.next();
    tokens.next();

    let mut writer = Writer::default();
    writer.tokens(tokens.collect())?;
    let source = writer.text.trim_end();
    let names = writer.captures.iter().map(|ident| ident.unraw().to_string());
    let captures = &writer.captures;
    let chunk = if captures.is_empty() {
        quote!(#root::__private::Code::new(&SITE, #source))
    } else {
        quote! {
            #root::__private::Capturing::new(
                &SITE,
                #source,
                move |captured: &#root::Table| -> #root::Result<()> {
                    #( captured.raw_set(#names, #captures)?; )*
                    ::core::result::Result::Ok(())
                },
            )
        }
    };
    Ok(quote! {{
        static SITE: #root::__private::Site = #root::__private::Site::new();
        #chunk
    }})
}

/// Writes tokens as they stand in the source.
#[derive(Default)]
struct Writer {
    text: String,
    captures: Vec<Ident>,
    /// Where the last token ends.
    end: Option<LineColumn>,
    /// The last token belongs together with the next one.
    joint: bool,
}

impl Writer {
    fn tokens(&mut self, tokens: TokenStream) -> Result<()> {
        let mut tokens = tokens.into_iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '$' => match tokens.next() {
                    Some(TokenTree::Ident(ident)) => {
                        let start = punct.span().start();
                        let name = ident.unraw().to_string();
                        self.write(&name, start, ident.span().end());
                        if !self.captures.iter().any(|known| known.unraw() == name) {
                            self.captures.push(ident);
                        }
                    }
                    _ => {
                        let message = "after `$` comes the name of a Rust variable";
                        return Err(Error::new(punct.span(), message));
                    }
                },
                TokenTree::Punct(punct) => {
                    let span = punct.span();
                    self.write(&punct.as_char().to_string(), span.start(), span.end());
                    self.joint = punct.spacing() == Spacing::Joint;
                }
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.delimiter(open, group.span_open());
                    self.tokens(group.stream())?;
                    self.delimiter(close, group.span_close());
                }
                TokenTree::Ident(_) | TokenTree::Literal(_) => {
                    let span = token.span();
                    let text = span.source_text().unwrap_or_else(|| token.to_string());
                    self.write(&text, span.start(), span.end());
                }
            }
        }
        Ok(())
    }

    fn delimiter(&mut self, text: &str, span: Span) {
        if !text.is_empty() {
            self.write(text, span.start(), span.end());
        }
    }

    fn write(&mut self, text: &str, start: LineColumn, end: LineColumn) {
        match self.end {
            Some(last) if start.line > last.line => {
                self.text.extend(std::iter::repeat_n('\n', start.line - last.line));
                self.text.extend(std::iter::repeat_n(' ', start.column));
            }
            Some(last) if start.line == last.line && start.column >= last.column => {
                self.text.extend(std::iter::repeat_n(' ', start.column - last.column));
            }
            // Tokens of another macro: their places say nothing.
            Some(_) if !self.joint => self.text.push(' '),
            _ => {}
        }
        self.text.push_str(text);
        self.joint = false;
        self.end = Some(end);
    }
}
