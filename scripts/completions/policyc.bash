# bash completion of policyc
_policyc() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=compile
  local every="--error-format --color --help --version"
  # In bash's eyes `=` is a word of its own: `--dump=ast` is three.
  if [ "$cur" = "=" ]; then cur=; fi
  if [ "$prev" = "=" ]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
  if [ "$COMP_CWORD" -gt 1 ]; then
    case ${COMP_WORDS[1]} in
      compile | verify | diff | eval | explain | audit | coverage | gen-tests | test | history | inspect | fmt | new)
        command=${COMP_WORDS[1]}
        ;;
    esac
  fi
  local values=
  case $prev in
    --dump) values="ast model classes boxes diagram table" ;;
    --emit) values="table cpp" ;;
    --engine) values="auto dense walk bits program" ;;
    --error-format) values="human json" ;;
    --changes) values="auto 0 1 2" ;;
    --list) values="overlaps" ;;
    --format)
      case $command in
        verify) values="human json sarif junit github" ;;
        diff) values="human json markdown sarif" ;;
        coverage) values="human json source" ;;
        *) values="human json" ;;
      esac
      ;;
    --color) values="auto always never" ;;
  esac
  if [ -n "$values" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
    return
  fi
  case $cur in
    -*)
      case $command in
        compile) values="--verify --explain -o --output --dump --emit --engine $every" ;;
        verify) values="--capabilities --allow --deny --max-warnings --max-boxes --config --no-config --list --format $every" ;;
        diff)
          values="--by --reasons --fail-on --expect --write-expect --region --max-boxes --format --git-driver $every"
          ;;
        eval) values="--jsonl $every" ;;
        explain) values="--why --why-not --free --changes --limit --format $every" ;;
        audit) values="--fact --format $every" ;;
        coverage) values="--fact --format --fail-unreached $every" ;;
        gen-tests) values="--against $every" ;;
        test) values="--fact $every" ;;
        history) values="--region --guarantee --by --first-bad --bad $every" ;;
        inspect) values=$every ;;
        fmt) values="--check $every" ;;
        new) values="--help --version" ;;
      esac
      mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
      ;;
    *)
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      if [ "$COMP_CWORD" -eq 1 ]; then
        local names
        mapfile -t names < <(
          compgen -W "compile verify diff eval explain audit coverage gen-tests test history inspect fmt new help" \
            -- "$cur"
        )
        COMPREPLY+=("${names[@]}")
      fi
      ;;
  esac
}
complete -o filenames -F _policyc policyc
