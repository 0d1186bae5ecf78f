-- lua: all
-- A traceback notes tail calls.
local function last() error("at the end") end
local function middle() return last() end
local function first() return middle() end
first()
