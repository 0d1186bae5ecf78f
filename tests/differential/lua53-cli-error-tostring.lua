-- lua: 5.3
-- __tostring of an error value is asked, here in vain.
error(setmetatable({}, { __tostring = function() return {} end }))
