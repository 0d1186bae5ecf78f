-- lua: all
-- An error without a value says nothing.
error()
