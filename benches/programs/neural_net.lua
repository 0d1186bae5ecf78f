-- [float] A small neural network trained by back-propagation: matrix rows of floats, layers as objects; two tasks.
-- N: epochs (default 420, small 3)
local N = tonumber((...)) or 420
local abs, floor = math.abs, math.floor

local seed = 1001
local function random()
  seed = seed * 16807 % 2147483647
  return seed / 2147483647 * 2 - 1
end

local Layer = {}
Layer.__index = Layer
local function new_layer(inputs, outputs)
  local weights, moments = {}, {}
  for o = 1, outputs do
    local row, moment = {}, {}
    for i = 1, inputs + 1 do row[i], moment[i] = random() * 0.5, 0.0 end
    weights[o], moments[o] = row, moment
  end
  return setmetatable({ inputs = inputs, outputs = outputs, weights = weights, moments = moments, out = {}, delta = {} }, Layer)
end

function Layer:forward(input)
  self.input = input
  local n, out = self.inputs, self.out
  for o = 1, self.outputs do
    local row = self.weights[o]
    local s = row[n + 1]
    for i = 1, n do s = s + row[i] * input[i] end
    -- A curve like the logistic one, but of exact operations, so that every machine agrees.
    out[o] = 0.5 + 0.5 * s / (1 + abs(s))
  end
  return out
end

function Layer:backward(errors, back)
  local n, out, delta = self.inputs, self.out, self.delta
  for o = 1, self.outputs do
    local rest = 1 - abs(2 * out[o] - 1)
    delta[o] = errors[o] * 0.5 * rest * rest
  end
  if back then
    for i = 1, n do
      local s = 0.0
      for o = 1, self.outputs do s = s + self.weights[o][i] * delta[o] end
      back[i] = s
    end
  end
  return back
end

function Layer:learn(rate, momentum)
  local n, input = self.inputs, self.input
  for o = 1, self.outputs do
    local row, moment = self.weights[o], self.moments[o]
    local d = self.delta[o] * rate
    for i = 1, n do
      local m = d * input[i] + moment[i] * momentum
      moment[i] = m
      row[i] = row[i] + m
    end
    local m = d + moment[n + 1] * momentum
    moment[n + 1] = m
    row[n + 1] = row[n + 1] + m
  end
end

local Network = {}
Network.__index = Network
local function network(sizes)
  local layers = {}
  for i = 2, #sizes do layers[i - 1] = new_layer(sizes[i - 1], sizes[i]) end
  return setmetatable({ layers = layers }, Network)
end
function Network:run(input)
  for _, layer in ipairs(self.layers) do input = layer:forward(input) end
  return input
end
function Network:train(sample, rate)
  local out, errors, loss = self:run(sample.input), {}, 0.0
  for o = 1, #out do
    errors[o] = sample.target[o] - out[o]
    loss = loss + errors[o] * errors[o]
  end
  for k = #self.layers, 1, -1 do errors = self.layers[k]:backward(errors, k > 1 and {} or nil) end
  for _, layer in ipairs(self.layers) do layer:learn(rate, 0.5) end
  return loss
end

-- Digits as 5 x 7 pictures with noise; the answer is one of ten.
local pictures = {
  "01110100011001110101110011000101110", "00100011000010000100001000010001110", "01110100010000100010001000100011111",
  "11111000100010000010000011000101110", "00010001100101010010111110001000010", "11111100001111000001000011000101110",
  "00110010001000011110100011000101110", "11111000010001000100010000100001000", "01110100011000101110100011000101110",
  "01110100011000101111000010001001100",
}
local digits = {}
for d = 0, 9 do
  for _ = 1, 4 do
    local input, target = {}, {}
    for i = 1, 35 do
      input[i] = pictures[d + 1]:byte(i) - 48 + random() * 0.25
    end
    for o = 1, 10 do target[o] = o == d + 1 and 0.95 or 0.05 end
    digits[#digits + 1] = { input = input, target = target, answer = d }
  end
end

-- Parity of four bits.
local parity = {}
for v = 0, 15 do
  local input, ones = {}, 0
  for b = 1, 4 do
    input[b] = floor(v / 2 ^ (b - 1)) % 2
    ones = ones + input[b]
  end
  parity[v + 1] = { input = input, target = { ones % 2 } }
end

local net, small = network { 35, 16, 10 }, network { 4, 8, 1 }
local loss, parity_loss
for _ = 1, N do
  loss, parity_loss = 0.0, 0.0
  for i = 1, #digits do loss = loss + net:train(digits[(i * 7) % #digits + 1], 0.5) end
  for i = 1, #parity do parity_loss = parity_loss + small:train(parity[(i * 5) % #parity + 1], 0.75) end
end
local right = 0
for _, sample in ipairs(digits) do
  local out, best = net:run(sample.input), 1
  for o = 2, 10 do
    if out[o] > out[best] then best = o end
  end
  if best - 1 == sample.answer then right = right + 1 end
end
print("neural_net", N, right, string.format("%.4f %.3f", loss, parity_loss))
