-- lua: 5.3
-- An error that is no string.
error({})
