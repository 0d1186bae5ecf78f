//! Objects of a game: Rust values that scripts create, move and ask.

use perilune::{
    FromLua, Function, Lua, MetaMethod, Result, UserData, UserDataFields, UserDataMethods,
    UserDataRef, Value,
};

#[derive(Clone, Copy, Debug, PartialEq)]
struct Vector {
    x: f64,
    y: f64,
}

impl UserData for Vector {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("x", |_, this| Ok(this.x));
        fields.add_field_method_get("y", |_, this| Ok(this.y));
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Add, |_, a, b: Vector| {
            Ok(Vector { x: a.x + b.x, y: a.y + b.y })
        });
        methods
            .add_meta_method(MetaMethod::Mul, |_, a, k: f64| Ok(Vector { x: a.x * k, y: a.y * k }));
        methods.add_meta_method(MetaMethod::ToString, |_, a, ()| Ok(format!("({}, {})", a.x, a.y)));
    }
}

impl FromLua for Vector {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        Ok(*UserDataRef::<Vector>::from_lua(value, lua)?)
    }
}

struct Ship {
    name: String,
    position: Vector,
    velocity: Vector,
}

impl UserData for Ship {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("name", |_, this| Ok(this.name.clone()));
        fields.add_field_method_get("position", |_, this| Ok(this.position));
        fields.add_field_method_set("velocity", |_, this, v| {
            this.velocity = v;
            Ok(())
        });
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method_mut("step", |_, this, seconds: f64| {
            this.position.x += this.velocity.x * seconds;
            this.position.y += this.velocity.y * seconds;
            Ok(())
        });
    }
}

fn main() -> Result<()> {
    let lua = Lua::new();
    lua.globals().set("vector", lua.create_function(|_, (x, y)| Ok(Vector { x, y }))?)?;
    lua.globals().set(
        "ship",
        lua.create_function(|_, name: String| {
            let rest = Vector { x: 0.0, y: 0.0 };
            Ok(Ship { name, position: rest, velocity: rest })
        })?,
    )?;
    lua.load(
        r#"
        fleet = { ship("Argo"), ship("Beagle") }
        for i, s in ipairs(fleet) do
            s.velocity = vector(1, i) * 2
        end
        function tick(seconds)
            for _, s in ipairs(fleet) do
                s:step(seconds)
                print(s.name, s.position)
            end
        end
        "#,
    )
    .exec()?;
    let tick: Function = lua.globals().get("tick")?;
    for _ in 0..3 {
        tick.call::<()>(0.5)?;
    }
    Ok(())
}
