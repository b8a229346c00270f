-- In place of lua-resty-balancer, which Debian does not have: each peer in turn, as often as its weight says.
local roundrobin = {}

local function ring_of(peers)
  local ring = {}
  for peer, weight in pairs(peers) do
    for _ = 1, math.max(1, tonumber(weight) or 1) do
      table.insert(ring, peer)
    end
  end
  return ring
end

function roundrobin.new(_, peers)
  return setmetatable({ ring = ring_of(peers), turn = 0 }, { __index = roundrobin })
end

function roundrobin:reinit(peers)
  self.ring = ring_of(peers)
end

function roundrobin:find()
  if #self.ring == 0 then
    return nil
  end
  self.turn = self.turn % #self.ring + 1
  return self.ring[self.turn]
end

return roundrobin
