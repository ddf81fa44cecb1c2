# Run with cmake -P at every build: writes `output` from `input` with the commit, so that the commit
# never goes stale.
find_package(Git QUIET)
set(commit unknown)
if(Git_FOUND)
  # A clone may belong to another user: reading it runs nothing of theirs, hooks and monitors left
  # out.
  set(git ${GIT_EXECUTABLE} -c safe.directory=* -c core.fsmonitor=false -C ${source})
  execute_process(COMMAND ${git} rev-parse --short=12 HEAD OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_VARIABLE why
                  RESULT_VARIABLE failed)
  if(NOT failed)
    execute_process(COMMAND ${git} status --porcelain --untracked-files=no OUTPUT_VARIABLE changes ERROR_QUIET)
    set(commit ${head})
    if(changes)
      set(commit ${head}-dirty)
    endif()
  elseif(EXISTS ${source}/.git)
    message(WARNING "results will not name their commit: ${why}")
  endif()
endif()
configure_file(${input} ${output} @ONLY)
