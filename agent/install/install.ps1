# Installs the device agent as a Windows service, and enrols this device. Run it
# as an administrator, beside parley-agent.exe:
#
#   .\install.ps1 -Url wss://… -Page https://desk.example.com/contact/ -Token company.SECRET
#
# ".\install.ps1 -Remove" takes the service and what it has kept away again.
[CmdletBinding(DefaultParameterSetName = 'Install')]
param(
  [Parameter(Mandatory, ParameterSetName = 'Install')] [string] $Url,
  [Parameter(Mandatory, ParameterSetName = 'Install')] [string] $Page,
  [Parameter(Mandatory, ParameterSetName = 'Install')] [string] $Token,
  [Parameter(Mandatory, ParameterSetName = 'Remove')] [switch] $Remove
)
$ErrorActionPreference = 'Stop'

$service = 'ParleyAgent'
$folder = Join-Path $env:ProgramFiles 'Parley Agent'
$program = Join-Path $folder 'parley-agent.exe'
$kept = Join-Path $env:ProgramData 'Parley Agent'
$shortcut = Join-Path $env:ProgramData 'Microsoft\Windows\Start Menu\Programs\Ask for help.lnk'

if ($Remove) {
  Stop-Service $service -ErrorAction SilentlyContinue
  & sc.exe delete $service | Out-Null
  Remove-Item -Recurse -Force -ErrorAction SilentlyContinue $folder, $kept, $shortcut
  return
}

New-Item -ItemType Directory -Force $folder | Out-Null
Copy-Item (Join-Path $PSScriptRoot 'parley-agent.exe') $program
& $program enrol -url $Url -page $Page -token $Token
if ($LASTEXITCODE -ne 0) { throw 'This device is not enrolled.' }

New-Service -Name $service -DisplayName 'Parley device agent' -StartupType Automatic -BinaryPathName "`"$program`" run" | Out-Null
& sc.exe failure $service reset= 3600 actions= restart/5000/restart/30000/restart/300000 | Out-Null
Start-Service $service

$link = (New-Object -ComObject WScript.Shell).CreateShortcut($shortcut)
$link.TargetPath = $program
$link.Arguments = "ask -page $Page"
$link.Save()
'The device agent runs.'
