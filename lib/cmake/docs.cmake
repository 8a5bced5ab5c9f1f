# cmake --build --preset docs: the pages of this repository and the library's reference, from its headers.
find_package(Doxygen QUIET)
if(NOT DOXYGEN_FOUND)
  return()
endif()
set(DOXYGEN_PROJECT_NAME Staircase)
set(DOXYGEN_PROJECT_BRIEF "${PROJECT_DESCRIPTION}")
set(DOXYGEN_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/docs")
set(DOXYGEN_USE_MDFILE_AS_MAINPAGE "${PROJECT_SOURCE_DIR}/experiments/PAGES.md")
set(DOXYGEN_FILE_PATTERNS *.h *.md)
set(DOXYGEN_STRIP_FROM_PATH "${PROJECT_SOURCE_DIR}/lib" "${PROJECT_SOURCE_DIR}")
set(DOXYGEN_STRIP_FROM_INC_PATH "${PROJECT_SOURCE_DIR}/lib")
set(DOXYGEN_FILTER_PATTERNS "*.h=awk -f ${CMAKE_CURRENT_LIST_DIR}/file_comments.awk")
set(DOXYGEN_EXTRACT_ALL YES)
set(DOXYGEN_EXTRACT_STATIC YES)
set(DOXYGEN_JAVADOC_AUTOBRIEF YES)
set(DOXYGEN_HAVE_DOT NO)
set(DOXYGEN_GENERATE_TREEVIEW YES)
set(DOXYGEN_TREEVIEW_WIDTH 360)
# DIR:ROW@SEED is no command of Doxygen.
set(DOXYGEN_ALIASES "SEED=\\@SEED")
set(DOXYGEN_QUIET YES)
set(DOXYGEN_WARN_AS_ERROR FAIL_ON_WARNINGS)
doxygen_add_docs(docs "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/experiments"
                 "${PROJECT_SOURCE_DIR}/tests/README.md" "${PROJECT_SOURCE_DIR}/tests/bench/README.md"
                 "${PROJECT_SOURCE_DIR}/third_party/README.md" "${PROJECT_SOURCE_DIR}/lib/staircase"
                 COMMENT "Pages and reference in ${PROJECT_BINARY_DIR}/docs/html")
