-- lua: all
-- An error that is no string.
error({ code = 1 })
