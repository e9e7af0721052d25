# bash completion of moe
_moe() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} values=
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(
      compgen -W "facts route run bench make-model capabilities kernels help --help --version" -- "$cur"
    )
    return
  fi
  if [ "$cur" = "=" ]; then cur=; fi
  if [ "$prev" = "=" ]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
  case $prev in
    --type) values="deepseek_v3 gpt_oss mixtral qwen2_moe qwen3_moe" ;;
    --layout) values="quark gpt-oss" ;;
    --device) values="cpu hip cuda" ;;
    --shape) values="gpt-oss-120b qwen3-235b deepseek-v3" ;;
    --activation) values="silu swigluoai" ;;
    --kernel) values="native packed emulated" ;;
    --scheme)
      values="w_mxfp4 w_mxfp4_a_mxfp4 w_mxfp4_a_mxfp6_e3m2 w_mxfp4_a_mxfp6_e2m3 w_mxfp4_a_fp8
        w_mxfp6_e3m2 w_mxfp6_e3m2_a_mxfp6_e3m2 w_mxfp6_e3m2_a_fp8
        w_mxfp6_e2m3 w_mxfp6_e2m3_a_mxfp6_e2m3 w_mxfp6_e2m3_a_fp8"
      ;;
  esac
  if [ -n "$values" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
    return
  fi
  local every="--help --version" around="--policy --model --tokens --device --fact --facts --json"
  case $cur in
    -*)
      case ${COMP_WORDS[1]} in
        facts) values="--model --device --json $every" ;;
        route) values="$around $every" ;;
        run) values="$around --layer --check --threads --isa --cache --seed $every" ;;
        bench)
          values="--shape --scheme --activation --tokens --kernel --policy --device --fact --routing
            --bandwidth --matrix-rate --threads --rounds --seed --check-rows --json --svg $every"
          ;;
        make-model)
          values="--type --layout --scheme --layer-scheme --hidden --intermediate --experts
            --top-k --layers --shards --seed --force $every"
          ;;
        capabilities) values="--device $every" ;;
        kernels) values="--extract $every" ;;
      esac
      mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
      ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
  esac
}
complete -o filenames -F _moe moe
