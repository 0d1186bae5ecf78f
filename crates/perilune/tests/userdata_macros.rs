//! `#[derive(UserData)]`, `#[userdata_impl]`, `#[derive(FromLua)]`.
#![cfg(feature = "macros")]

use perilune::{AnyUserData, FromLua, Lua, Result, UserData};

#[derive(Clone, Debug, PartialEq, UserData, FromLua)]
struct Point {
    x: f64,
    #[lua(get)]
    y: f64,
    #[lua(set, name = "label")]
    text: String,
    #[lua(skip)]
    hidden: bool,
}

mod first {
    #[perilune::userdata_impl]
    impl super::Point {
        const ORIGIN: f64 = 0.0;
        #[lua(meta)]
        const __NAME: &str = "Point";
        #[lua(skip)]
        const SECRET: u8 = 7;

        #[lua(infallible)]
        pub(super) fn new(x: f64, y: f64) -> Self {
            Self { x, y, text: "none".into(), hidden: Self::SECRET == 7 }
        }

        #[lua(getter, infallible)]
        fn length(&self) -> f64 {
            self.x.hypot(self.y)
        }
    }
}

#[perilune::userdata_impl]
impl Point {
    #[lua(setter, infallible, name = "both")]
    fn set_both(&mut self, _: &Lua, n: f64) {
        (self.x, self.y) = (n, n);
    }

    #[lua(infallible)]
    fn describe(&self, prefix: &str, other: Option<&Point>, bytes: &[u8]) -> String {
        let other = other.map_or("nobody".into(), |other| other.x.to_string());
        format!("{prefix}{} {other} {}", self.text, bytes.len())
    }

    fn swap(&mut self, other: &mut Point) -> Result<()> {
        std::mem::swap(self, other);
        Ok(())
    }

    #[lua(infallible)]
    fn take(self) -> bool {
        self.hidden
    }

    #[lua(meta, infallible)]
    fn __add(a: &Point, b: &Point) -> Self {
        Self { x: a.x + b.x, y: a.y + b.y, ..a.clone() }
    }

    #[lua(meta, infallible, name = "__call")]
    fn construct(_: AnyUserData, x: f64) -> Self {
        Self::new(x, x)
    }

    #[cfg(any())]
    fn never(&self) -> Missing {}
}

#[derive(UserData)]
enum Plain {
    _A,
}

/// Another type of the same name as one above.
mod other {
    #[derive(perilune::UserData)]
    pub struct Point;

    #[perilune::userdata_impl]
    impl Point {
        #[lua(field)]
        fn kind() -> &'static str {
            "other"
        }
    }
}

#[test]
fn fields_and_methods() -> Result<()> {
    let lua = Lua::new();
    lua.globals().set("Point", lua.create_proxy::<Point>()?)?;
    lua.globals().set("Other", lua.create_proxy::<other::Point>()?)?;
    lua.load(
        r#"
        local p = Point.new(3, 4)
        assert(p.x == 3 and p.y == 4 and p.length == 5)
        p.x = 0
        assert(p.length == 4)
        assert(not pcall(function() p.y = 1 end))
        assert(p.label == nil)
        assert(p.hidden == nil and p.SECRET == nil and Point.ORIGIN == 0)
        p.label = "L"
        local q = Point(7)
        assert(p:describe(">", q, "abc") == ">L 7 3")
        assert(p:describe("", nil, "") == "L nobody 0")
        p:swap(q)
        assert(p.x == 7 and q.x == 0)
        p.both = 2
        local sum = p + q
        assert(sum.x == 2 and sum.y == 6)
        local take = p.take
        assert(take(p) and not pcall(take, p))
        assert(Other.kind == "other")
        "#,
    )
    .exec()?;
    lua.globals().set("plain", Plain::_A)?;
    assert!(lua.load("plain").eval::<AnyUserData>()?.is::<Plain>());
    Ok(())
}

#[test]
fn values_come_back_as_clones() -> Result<()> {
    let lua = Lua::new();
    let point = Point { x: 1.0, y: 2.0, text: "t".into(), hidden: false };
    lua.globals().set("p", point.clone())?;
    assert_eq!(lua.load("p").eval::<Point>()?, point);
    let error = lua.load("'p'").eval::<Point>().unwrap_err().to_string();
    assert_eq!(error, "error converting Lua string to Point");
    Ok(())
}
