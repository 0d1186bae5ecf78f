-- lua: 5.2
-- __tostring that gives something else.
error(setmetatable({}, { __tostring = function() return {} end }))
