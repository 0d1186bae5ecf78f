-- lua: all
-- __tostring that gives something else than a string.
error(setmetatable({}, { __tostring = function () return {} end }))
