@echo off
rem Runs the command line from a checkout. Unverified: Headroom is developed and tested on Linux.
setlocal
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet build "%~dp0src\Headroom.Cli" -c Release -v quiet --nologo || exit /b 3
for /d %%d in ("%~dp0artifacts\bin\Headroom.Cli\release*") do set BIN=%%d
dotnet "%BIN%\headroom.dll" %*
