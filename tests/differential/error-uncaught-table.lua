-- lua: all
-- An uncaught table without __tostring.
error({ code = 1 })
