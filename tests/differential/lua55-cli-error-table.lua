-- lua: 5.5
-- An error that is no string.
error({})
