-- lua: 5.4-5.5
-- A runtime error in nested functions of every kind.
local M = {}
function M.method(self) return self.missing.field end
function M:other() local x <const> = 1; return (M.method(self)) end
local co = coroutine.wrap(function () M:other() end)
co()
