-- lua: all
-- A number is a message.
error(42)
