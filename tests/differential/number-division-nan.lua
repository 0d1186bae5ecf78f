-- lua: 5.3-5.5
-- Results that are not a number, without their sign.
local function nan(x) return x ~= x end
print(nan(0/0), nan(0.0 // 0), nan(1 % 0.0), nan(math.huge % 2), nan(math.huge - math.huge), nan(0 / 0.0))
print(nan((-8) ^ (1/3)), nan(math.huge * 0), nan(math.fmod(1, 0.0)), nan(math.sqrt(-1)))
print(1/0, -1/0, 1/0.0, 1/-0.0, 0/1, -0.0, 0.0 == -0.0, 1/0.0 == 1/-0.0)
