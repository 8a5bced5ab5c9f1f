#!/bin/sh
# Makes a folder of images as large as ImageNet's in names alone: empty files, which cost a listing what full ones do.
#   sh tests/bench/make_big_folder.sh FOLDER [CLASSES] [IMAGES]   (1,000 classes of 1,280 images, and 10 each in val)
set -eu
folder=$1 classes=${2:-1000} images=${3:-1280}
[ ! -e "$folder" ] || { echo "$folder: is there already"; exit 1; }
# make PART COUNT: COUNT files in each class. Names as long as ImageNet's.
make() {
  for class in $(seq -f "n%08.0f" "$classes"); do
    mkdir -p "$folder/$1/$class"
    (cd "$folder/$1/$class" && seq -f "${class}_%05.0f.JPEG" "$2" | xargs touch)
  done
}
make train "$images"
make val 10
# An index is kept only of folders that have been at rest for two seconds.
sleep 3
echo "$folder: $(find "$folder" -type f | wc -l) files"
