-- [program] A text formatter: generated mark-up is parsed, paragraphs filled, justified or broken optimally, with hyphenation, lists, tables, a table of contents, an index and word counts.
-- N: rounds (default 32, small 1)
local N = tonumber((...)) or 32

local concat, insert, rep, format, floor = table.concat, table.insert, string.rep, string.format, math.floor

---------------------------------------------------------------------------
-- Generated source.

local seed = 31415
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local onsets = { "b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl", "gr" }
local vowels = { "a", "e", "i", "o", "u", "ea", "io" }
local codas = { "", "", "n", "r", "s", "l", "nt", "rd" }
local vocabulary = {}
for i = 1, 400 do
  local parts = {}
  for _ = 1, 1 + floor((i % 7 + random(3)) / 3) do
    parts[#parts + 1] = onsets[random(#onsets) + 1] .. vowels[random(#vowels) + 1] .. codas[random(#codas) + 1]
  end
  vocabulary[i] = concat(parts)
end

local function word()
  -- Small numbers come up more often, as in real text.
  local k = random(20)
  return vocabulary[k * k + random(k + 1) + 1]
end

local function sentence()
  local words = {}
  local n = 5 + random(14)
  for i = 1, n do
    local w = word()
    if random(25) == 0 then w = "*" .. w .. "*" elseif random(40) == 0 then w = "{" .. w .. "}" end
    if i > 2 and i < n and random(9) == 0 then w = w .. "," end
    words[i] = w
  end
  words[1] = words[1]:gsub("^%a", string.upper)
  return concat(words, " ") .. (random(6) == 0 and "?" or ".")
end

local function paragraph()
  local lines = {}
  for i = 1, 3 + random(5) do lines[i] = sentence() end
  return concat(lines, random(2) == 0 and "\n" or "  ")
end

local function make_source(chapters)
  local out = {}
  local function put(s) out[#out + 1] = s end
  for c = 1, chapters do
    put("= " .. word() .. " " .. word() .. "\n")
    for s = 1, 2 + c % 3 do
      put("== " .. word() .. " " .. word() .. " " .. word() .. "\n")
      put(paragraph() .. "\n")
      if s % 2 == 0 then
        put("> " .. paragraph() .. "\n")
      else
        local items = {}
        for i = 1, 3 do items[i] = "- " .. sentence() end
        put(concat(items, "\n") .. "\n")
      end
      if s % 3 == 0 then
        local rows = { "| word | count | share" }
        for i = 1, 4 do rows[i + 1] = format("| %s | %d | %.3f", word(), random(1000), random(100) / 8) end
        put(concat(rows, "\n") .. "\n")
      end
      put(paragraph() .. "\n")
    end
  end
  return concat(out, "\n")
end

---------------------------------------------------------------------------
-- Parsing: blocks split at empty lines, then told apart by their first character.

local function parse(source)
  local blocks = {}
  for raw in (source .. "\n\n"):gmatch("(.-)\n\n+") do
    local chunk = raw:gsub("^%s+", ""):gsub("%s+$", "")
    local marks, title = chunk:match("^(=+)%s+(.+)$")
    if marks then
      insert(blocks, { kind = "heading", level = #marks, text = title })
    elseif chunk:sub(1, 1) == "-" then
      local items = {}
      for item in chunk:gmatch("%-%s+([^\n]+)") do insert(items, item) end
      insert(blocks, { kind = "list", items = items })
    elseif chunk:sub(1, 1) == "|" then
      local rows = {}
      for line in chunk:gmatch("[^\n]+") do
        local row = {}
        for cell in line:gmatch("|%s*([^|]*)") do insert(row, (cell:gsub("%s+$", ""))) end
        insert(rows, row)
      end
      insert(blocks, { kind = "table", rows = rows })
    elseif chunk:sub(1, 1) == ">" then
      insert(blocks, { kind = "quote", text = chunk:sub(3) })
    elseif chunk ~= "" then
      insert(blocks, { kind = "paragraph", text = chunk })
    end
  end
  return blocks
end

---------------------------------------------------------------------------
-- Words: mark-up removed and remembered; hyphenation points between vowel and consonant.

local index_terms

local function split_words(text, page)
  local words = {}
  for raw in text:gmatch("%S+") do
    local w = raw
    local term = w:match("{(%a+)}")
    if term then
      index_terms[term] = index_terms[term] or {}
      local list = index_terms[term]
      if list[#list] ~= page then insert(list, page) end
      w = w:gsub("[{}]", "")
    end
    w = w:gsub("%*(%a+)%*", function(s) return s:upper() end)
    insert(words, w)
  end
  return words
end

local hyphen_cache = {}
local function hyphen_points(w)
  local known = hyphen_cache[w]
  if known then return known end
  local points = {}
  for at in w:gmatch("[aeiou]()[bcdfglmnprstv][aeiou]") do
    if at > 3 and at < #w - 2 then insert(points, at - 1) end
  end
  hyphen_cache[w] = points
  return points
end

---------------------------------------------------------------------------
-- Filling.

-- Greedy: a word that does not fit may be hyphenated.
local function fill(words, width, hyphenate)
  local lines, line, length = {}, {}, 0
  for i = 1, #words do
    local w = words[i]
    if length + #w + (#line > 0 and 1 or 0) > width then
      if hyphenate then
        local room = width - length - 2
        local points = hyphen_points(w)
        for k = #points, 1, -1 do
          if points[k] <= room then
            insert(line, w:sub(1, points[k]) .. "-")
            w = w:sub(points[k] + 1)
            break
          end
        end
      end
      insert(lines, line)
      line, length = {}, 0
    end
    length = length + #w + (#line > 0 and 1 or 0)
    insert(line, w)
  end
  if #line > 0 then insert(lines, line) end
  return lines
end

-- Optimal: least sum of squared slack, by dynamic programming from the end.
local function break_optimally(words, width)
  local n = #words
  local cost, following = { [n + 1] = 0 }, {}
  for i = n, 1, -1 do
    local best, at = math.huge, i + 1
    local length = -1
    for j = i, n do
      length = length + #words[j] + 1
      if length > width and j > i then break end
      local slack = width - length
      local c = (j == n and 0 or slack * slack) + cost[j + 1]
      if c < best then best, at = c, j + 1 end
    end
    cost[i], following[i] = best, at
  end
  local lines, i = {}, 1
  while i <= n do
    local line = {}
    for j = i, following[i] - 1 do line[#line + 1] = words[j] end
    insert(lines, line)
    i = following[i]
  end
  return lines, cost[1]
end

local function justify(line, width, from_left)
  local gaps = #line - 1
  if gaps == 0 then return line[1] end
  local letters = 0
  for i = 1, #line do letters = letters + #line[i] end
  local space = width - letters
  local each, extra = floor(space / gaps), space % gaps
  local parts = {}
  for i = 1, gaps do
    local more = from_left and i <= extra or not from_left and i > gaps - extra
    parts[#parts + 1] = line[i]
    parts[#parts + 1] = rep(" ", each + (more and 1 or 0))
  end
  parts[#parts + 1] = line[#line]
  return concat(parts)
end

---------------------------------------------------------------------------
-- Rendering: a page object gathers lines.

local Renderer = {}
Renderer.__index = Renderer

local function renderer(width, page_length)
  return setmetatable({ width = width, page_length = page_length, lines = {}, page = 1, toc = {}, numbers = { 0, 0 }, badness = 0 }, Renderer)
end

function Renderer:line(s)
  local lines = self.lines
  lines[#lines + 1] = s
  if #lines % self.page_length == 0 then
    lines[#lines + 1] = rep(" ", floor(self.width / 2) - 2) .. "- " .. self.page .. " -"
    self.page = self.page + 1
  end
end

function Renderer:paragraph(text, margin, optimal)
  local width = self.width - margin * 2
  local words = split_words(text, self.page)
  local lines
  if optimal then
    local badness
    lines, badness = break_optimally(words, width)
    self.badness = self.badness + badness
  else
    lines = fill(words, width, true)
  end
  local indent = rep(" ", margin)
  for i, line in ipairs(lines) do
    if i < #lines then
      local s = justify(line, width, i % 2 == 0)
      if #line > 1 then assert(#s == width) end
      self:line(indent .. s)
    else
      self:line(indent .. concat(line, " "))
    end
  end
  self:line("")
end

function Renderer.heading(self, block)
  local numbers = self.numbers
  numbers[block.level] = numbers[block.level] + 1
  for i = block.level + 1, #numbers do numbers[i] = 0 end
  local label = concat(numbers, ".", 1, block.level)
  local title = block.text:gsub("%f[%a]%a", string.upper)
  insert(self.toc, { level = block.level, label = label, title = title, page = self.page })
  self:line(label .. " " .. title)
  self:line(rep(block.level == 1 and "=" or "-", #label + 1 + #title))
end

function Renderer:list(block)
  for _, item in ipairs(block.items) do
    local lines = fill(split_words(item, self.page), self.width - 4, false)
    for i, line in ipairs(lines) do self:line((i == 1 and "  * " or "    ") .. concat(line, " ")) end
  end
  self:line("")
end

function Renderer:table(block)
  local widths = {}
  for _, row in ipairs(block.rows) do
    for c, cell in ipairs(row) do widths[c] = math.max(widths[c] or 0, #cell) end
  end
  for r, row in ipairs(block.rows) do
    local cells = {}
    for c, cell in ipairs(row) do
      if tonumber(cell) then
        cells[c] = rep(" ", widths[c] - #cell) .. cell
      else
        cells[c] = format("%-" .. widths[c] .. "s", cell)
      end
    end
    self:line("| " .. concat(cells, " | ") .. " |")
    if r == 1 then
      for c = 1, #widths do cells[c] = rep("-", widths[c]) end
      self:line("|-" .. concat(cells, "-|-") .. "-|")
    end
  end
  self:line("")
end

local plain_handlers = { heading = Renderer.heading, list = Renderer.list, table = Renderer.table }

local function render(blocks, width)
  local out = renderer(width, 50)
  for i, block in ipairs(blocks) do
    local handler = plain_handlers[block.kind]
    if handler then
      handler(out, block)
    else
      out:paragraph(block.text, block.kind == "quote" and 4 or 0, i % 2 == 0)
    end
  end
  return out
end

local function contents(out)
  local lines = {}
  for _, entry in ipairs(out.toc) do
    local left = rep("  ", entry.level - 1) .. entry.label .. " " .. entry.title .. " "
    local right = " " .. entry.page
    insert(lines, left .. rep(".", out.width - #left - #right) .. right)
  end
  return lines
end

local function index_lines()
  local terms = {}
  for term in pairs(index_terms) do insert(terms, term) end
  table.sort(terms)
  for i, term in ipairs(terms) do terms[i] = term .. " " .. concat(index_terms[term], ", ") end
  return terms
end

local function word_counts(source)
  local counts, words = {}, {}
  for w in source:lower():gmatch("%a+") do
    if not counts[w] then
      counts[w] = 0
      insert(words, w)
    end
    counts[w] = counts[w] + 1
  end
  table.sort(words, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  return words, counts
end

local function checksum(lines)
  local h = #lines
  for _, line in ipairs(lines) do
    h = (h * 31 + #line) % 1000003
    for i = 1, #line, 5 do h = (h * 7 + line:byte(i)) % 1000003 end
  end
  return h
end

local total, sample = 0, nil
for round = 1, N do
  index_terms = {}
  local source = make_source(6)
  local blocks = parse(source)
  for width = 40, 76, 12 do
    local out = render(blocks, width)
    total = (total + checksum(out.lines) + out.badness + checksum(contents(out))) % 1000003
    sample = out
  end
  local words, counts = word_counts(source)
  total = (total + checksum(index_lines()) + #words + counts[words[1]] * 3) % 1000003
  if round == N then
    print("text_formatter", N, total, #sample.lines, sample.page)
    print(concat(contents(sample), "\n"))
    print(concat(sample.lines, "\n", 1, 24))
    for i = 1, 5 do print(counts[words[i]], words[i]) end
  end
end
