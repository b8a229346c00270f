-- In place of a library that Debian does not have and that nothing here uses: it says so when something does.
local absent = {}

local function refuse(_, name)
  return function()
    error("this ingress-nginx has no " .. tostring(name))
  end
end

function absent.new()
  return setmetatable({}, { __index = refuse })
end

return absent
